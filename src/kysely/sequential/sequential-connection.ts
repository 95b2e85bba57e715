import type {
  CompiledQuery,
  DatabaseConnection,
  Driver,
  QueryResult,
  TransactionSettings,
} from 'kysely'
import { scopeEnded, transactionStatementRunning } from '../../errors/application.ts'
import { type LeaseUse, publishViolation, timeStatement } from '../../runtime/channels.ts'
import type { OpenLease, OpenLeases } from '../../runtime/open-leases.ts'
import { assertScope, type Scope, scopes } from '../../runtime/scope.ts'
import { explainError } from '../../runtime/server-error.ts'
import { statementKind } from '../../runtime/statement-text.ts'
import { checkDeferred } from '../plugin/deferred-guard.ts'
import { CheckoutSession } from './checkout-session.ts'
import {
  InnerTransaction,
  type SavepointArguments,
  type SavepointCommand,
} from './inner-transaction.ts'
import type { Sessions } from './sessions.ts'
import { Turns } from './turns.ts'

export interface SequentialConnectionOptions {
  readonly driver: Driver
  readonly scope: Scope
  readonly setting: string
  readonly sessions: Sessions
  /** Absent over a pool of pg, which knows its leases itself. */
  readonly leases: OpenLeases | undefined
}

// Kysely asks for them by their presence.
const CANCELLATION = ['cancelQuery', 'killSession', 'collectSessionInfo'] as const

type Execute = DatabaseConnection['executeQuery']
type Stream = DatabaseConnection['streamQuery']

/** One checkout of another dialect's connection. */
export class SequentialConnection implements DatabaseConnection, OpenLease {
  readonly inner: DatabaseConnection
  readonly driver: Driver
  readonly scope: Scope
  readonly since: number = performance.now()
  index = -1
  readonly #options: SequentialConnectionOptions
  readonly #transaction: InnerTransaction
  readonly #session: CheckoutSession
  readonly #turns = new Turns()
  #isStreaming = false

  constructor(inner: DatabaseConnection, options: SequentialConnectionOptions) {
    this.inner = inner
    this.driver = options.driver
    this.scope = options.scope
    this.#options = options
    this.#transaction = new InnerTransaction(options.driver, inner)
    this.#session = new CheckoutSession(inner, options.sessions)
    for (const name of CANCELLATION) {
      const method = inner[name]
      if (method) Object.assign(this, { [name]: method.bind(inner) })
    }
    options.leases?.add(this)
  }

  get use(): LeaseUse {
    if (this.#isStreaming) return 'stream'
    if (!this.#transaction.isIdle) return 'transaction'
    return this.#turns.open > 0 ? 'statement' : 'connection'
  }

  get isIdle(): boolean {
    return this.#isStreaming || this.#turns.open === 0
  }

  executeQuery<R>(query: CompiledQuery, ...options: Rest<Execute>): Promise<QueryResult<R>> {
    const execute = () => this.inner.executeQuery<R>(query, ...options)
    return this.#inTurn(() => {
      checkDeferred(query.query, this.scope)
      return statementKind(query.sql) === 'statement'
        ? this.#scoped(query.sql, execute)
        : this.#control(query.sql, execute)
    })
  }

  async *streamQuery<R>(
    query: CompiledQuery,
    ...options: Rest<Stream>
  ): AsyncIterableIterator<QueryResult<R>> {
    this.#assertUsable()
    checkDeferred(query.query, this.scope)
    const endTurn = await this.#turns.take()
    const isOwn = this.#transaction.isIdle
    this.#setStreaming(true)
    try {
      await this.#open(isOwn)
      yield* this.inner.streamQuery<R>(query, ...options)
    } catch (error) {
      throw this.#judge(error, query.sql)
    } finally {
      this.#setStreaming(false)
      // Whoever takes the last row: the transaction is one of this scope.
      await scopes.run(this.scope, () => this.#close(isOwn)).finally(endTurn)
    }
  }

  begin(settings: TransactionSettings): Promise<void> {
    return this.#inTurn(() => this.#transaction.begin(settings))
  }

  async commit(): Promise<void> {
    this.#doubtWhatRuns()
    if (this.#turns.open > 0) throw transactionStatementRunning()
    await this.#inTurn(() => this.#commit())
  }

  /** Always succeeds: whatever made the user roll back is the error to see. */
  async rollback(): Promise<void> {
    this.#doubtWhatRuns()
    await this.#rollback()
  }

  savepoint(command: SavepointCommand, ...args: SavepointArguments): Promise<void> {
    return this.#inTurn(async () => {
      await this.#transaction.savepoint(command, ...args)
      this.#session.savepoint()
    })
  }

  /**
   * Ends the checkout.
   *
   * @returns whether the connection is clean: every statement on it was answered, and nothing is left
   */
  async end(): Promise<boolean> {
    this.#doubtWhatRuns()
    this.#turns.end()
    this.#options.leases?.delete(this)
    await this.#rollback()
    if (!this.#transaction.isInDoubt) await this.#clean()
    return !this.#transaction.isInDoubt
  }

  async #scoped<R>(text: string, execute: () => Promise<R>): Promise<R> {
    const isOwn = this.#transaction.isIdle
    try {
      await this.#open(isOwn)
      const result = await execute()
      this.#transaction.succeeded()
      this.#session.note(text)
      return result
    } catch (error) {
      throw this.#judge(error, text)
    } finally {
      await this.#close(isOwn)
    }
  }

  /** Transaction control as raw SQL goes alone, as it does over pg. */
  async #control<R>(text: string, execute: () => Promise<R>): Promise<R> {
    const result = await execute().catch((error) => {
      throw this.#judge(error, text)
    })
    const kind = statementKind(text)
    if (kind === 'transaction') this.#session.savepoint()
    else if (kind !== 'begin')
      this.#session.ended(kind === 'commit' && !this.#transaction.hasFailed)
    this.#transaction.controlled(kind, text)
    return result
  }

  /** `isOwn`: the transaction is the statement's own. */
  async #open(isOwn: boolean): Promise<void> {
    const transaction = this.#transaction
    const { scope, setting } = this.#options
    if (isOwn) await transaction.begin({})
    // It would only fail too.
    if (transaction.hasFailed) return
    const found = await this.#session.bind(scope, setting)
    const foreignTenant = transaction.isBound ? null : found
    transaction.isBound = true
    if (!foreignTenant) return
    publishViolation(scope, foreignTenant)
    this.#session.hadForeignTenant = true
  }

  async #close(isOwn: boolean): Promise<void> {
    if (!isOwn || this.#transaction.isIdle) return
    if (this.#transaction.hasFailed) await this.#rollback()
    else await this.#commit()
  }

  async #commit(): Promise<void> {
    let isCommitted = false
    try {
      await this.#transaction.commit()
      isCommitted = true
    } catch (error) {
      throw this.#judge(error, 'commit')
    } finally {
      this.#session.ended(isCommitted)
    }
  }

  async #rollback(): Promise<void> {
    this.#session.ended(false)
    await this.#transaction.rollback()
  }

  /** Draws the conclusions from an error; returns the one that the user gets. */
  #judge(error: unknown, text: string): unknown {
    const explained = explainError(error, text, this.scope)
    this.#transaction.failed(explained)
    return explained
  }

  #setStreaming(isStreaming: boolean): void {
    this.#isStreaming = isStreaming
    if (isStreaming) this.#options.leases?.streamOpened(this.scope)
    else this.#options.leases?.streamEnded(this.scope)
  }

  #doubtWhatRuns(): void {
    if (this.#turns.open > 0) this.#transaction.isInDoubt = true
  }

  async #clean(): Promise<void> {
    const { scope, setting } = this.#options
    try {
      await this.#session.cleanUp([setting, ...scope.settings.map(([name]) => name)])
    } catch {
      this.#transaction.isInDoubt = true
    }
  }

  #assertUsable(): void {
    if (this.#turns.hasEnded) throw scopeEnded()
    assertScope(this.scope)
  }

  #inTurn<T>(body: () => Promise<T>): Promise<T> {
    this.#assertUsable()
    const publish = timeStatement(this.scope, 'sequential')
    return this.#turns.run(body).finally(publish)
  }
}

type Rest<F> = F extends (query: CompiledQuery, ...rest: infer R) => unknown ? R : never

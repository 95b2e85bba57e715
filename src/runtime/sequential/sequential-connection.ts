import type {
  CompiledQuery,
  DatabaseConnection,
  Driver,
  QueryResult,
  TransactionSettings,
} from 'kysely'
import {
  scopeEnded,
  transactionRolledBack,
  transactionStatementRunning,
} from '../../errors/application.ts'
import { suppress } from '../../errors/tenancy-error.ts'
import { publishViolation, timeStatement } from '../channels.ts'
import { assertScope, type Scope, scopes } from '../scope.ts'
import { explainError, isFatal, isServerError } from '../server-error.ts'
import { firstKeyword, leavesSessionState, statementKind } from '../statement-text.ts'
import { assignment } from './assignment.ts'
import { cleaning } from './cleaning.ts'
import { Turns } from './turns.ts'

export interface SequentialConnectionOptions {
  readonly driver: Driver
  readonly scope: Scope
  readonly setting: string
}

// Kysely asks for them by their presence.
const CANCELLATION = ['cancelQuery', 'killSession', 'collectSessionInfo'] as const

type Execute = DatabaseConnection['executeQuery']
type Stream = DatabaseConnection['streamQuery']
type Savepoint = NonNullable<Driver['savepoint']>
type SavepointCommand = 'savepoint' | 'rollbackToSavepoint' | 'releaseSavepoint'
export type SavepointArguments =
  Parameters<Savepoint> extends [unknown, ...infer Rest] ? Rest : never

/**
 * One checkout of another dialect's connection. What the server's status would tell over pg is noted
 * here from the statements and their outcomes.
 */
export class SequentialConnection implements DatabaseConnection {
  readonly inner: DatabaseConnection
  readonly driver: Driver
  readonly #options: SequentialConnectionOptions
  readonly #turns = new Turns()
  #status: 'idle' | 'in transaction' | 'failed' = 'idle'
  // Nothing of the transaction has bound our tenant: one in sight can only be a stranger's.
  #isUnbound = true
  // Statements that may have left something on the session.
  readonly #residue: string[] = []
  // The connection did not answer, or not as it should.
  #isInDoubt = false

  constructor(inner: DatabaseConnection, options: SequentialConnectionOptions) {
    this.inner = inner
    this.driver = options.driver
    this.#options = options
    for (const name of CANCELLATION) {
      const method = inner[name]
      if (method) Object.assign(this, { [name]: method.bind(inner) })
    }
  }

  executeQuery<R>(query: CompiledQuery, ...options: Rest<Execute>): Promise<QueryResult<R>> {
    return this.#inTurn(() =>
      statementKind(query.sql) === 'statement'
        ? this.#scoped(query.sql, () => this.inner.executeQuery<R>(query, ...options))
        : this.#control(query, ...options),
    )
  }

  async *streamQuery<R>(
    query: CompiledQuery,
    ...options: Rest<Stream>
  ): AsyncIterableIterator<QueryResult<R>> {
    this.#assertUsable()
    const endTurn = await this.#turns.take()
    const isOwn = this.#status === 'idle'
    let failure: { error: unknown } | undefined
    try {
      await this.#open(isOwn)
      yield* this.inner.streamQuery<R>(query, ...options)
    } catch (error) {
      failure = { error: this.#judge(error, query.sql) }
    } finally {
      try {
        // Whoever takes the last row: the transaction is one of this scope.
        if (isOwn) await scopes.run(this.#options.scope, () => this.#close(failure))
      } finally {
        endTurn()
      }
    }
    if (failure) throw failure.error
  }

  begin(settings: TransactionSettings): Promise<void> {
    return this.#inTurn(async () => {
      try {
        await this.driver.beginTransaction(this.inner, settings)
      } catch (error) {
        // Kysely sends no rollback after a begin that failed.
        await this.#rollbackInner(error)
        throw error
      }
      this.#status = 'in transaction'
      this.#isUnbound = true
    })
  }

  async commit(): Promise<void> {
    if (this.#turns.open > 0) {
      this.#isInDoubt = true
      throw transactionStatementRunning()
    }
    await this.#inTurn(async () => {
      const isAborted = this.#status === 'failed'
      this.#status = 'idle'
      if (!isAborted) return this.#commitInner()
      // It would answer COMMIT with ROLLBACK, which not every dialect reports.
      await this.#rollbackInner()
      throw transactionRolledBack()
    })
  }

  /** Always succeeds: whatever made the user roll back is the error to see. */
  async rollback(): Promise<void> {
    if (this.#turns.open > 0) this.#isInDoubt = true
    if (!this.#isInDoubt && this.#status !== 'idle') await this.#rollbackInner()
    this.#status = 'idle'
  }

  savepoint(command: SavepointCommand, ...args: SavepointArguments): Promise<void> {
    return this.#inTurn(async () => {
      await this.driver[command]?.(this.inner, ...args)
      this.#status = 'in transaction'
    })
  }

  /**
   * Ends the checkout.
   *
   * @returns whether the connection is clean: every statement on it was answered, and nothing is left
   */
  async end(): Promise<boolean> {
    if (this.#turns.open > 0) this.#isInDoubt = true
    this.#turns.end()
    if (this.#status !== 'idle' && !this.#isInDoubt) await this.#rollbackInner()
    if (this.#residue.length > 0 && !this.#isInDoubt) await this.#clean()
    return !this.#isInDoubt
  }

  async #scoped<R>(
    text: string,
    statement: () => Promise<QueryResult<R>>,
  ): Promise<QueryResult<R>> {
    const isOwn = this.#status === 'idle'
    let result: QueryResult<R>
    try {
      await this.#open(isOwn)
      result = await statement()
    } catch (error) {
      const failure = { error: this.#judge(error, text) }
      if (isOwn) await this.#close(failure)
      throw failure.error
    }
    if (this.#status === 'failed') this.#status = 'in transaction'
    if (leavesSessionState(text, firstKeyword(text))) this.#residue.push(text)
    if (isOwn) await this.#close(undefined)
    return result
  }

  /** Transaction control as raw SQL goes alone, as it does over pg. */
  async #control<R>(query: CompiledQuery, ...options: Rest<Execute>): Promise<QueryResult<R>> {
    const kind = statementKind(query.sql)
    const isAborted = this.#status === 'failed'
    const result = await this.inner.executeQuery<R>(query, ...options).catch((error) => {
      throw this.#judge(error, query.sql)
    })
    const starts = kind === 'begin' ? this.#status === 'idle' : kind !== 'transaction'
    if (starts) this.#isUnbound = true
    if (kind === 'begin') this.#status = 'in transaction'
    if (kind === 'transaction' && isAborted) this.#status = 'in transaction'
    if (kind === 'commit' || kind === 'rollback') {
      this.#status = CHAINED.test(query.sql) ? 'in transaction' : 'idle'
    }
    if (kind === 'commit' && isAborted) throw transactionRolledBack()
    return result
  }

  async #open(isOwn: boolean): Promise<void> {
    const { scope, setting } = this.#options
    if (isOwn) await this.driver.beginTransaction(this.inner, {})
    // It would only fail too.
    if (this.#status === 'failed') return
    const set = assignment(scope, setting)
    const { rows } = await this.inner.executeQuery<{ found: string | null }>(set)
    const found = (isOwn || this.#isUnbound) && rows[0]?.found
    if (!isOwn) this.#isUnbound = false
    if (!found) return
    publishViolation(scope, found)
    this.#residue.push(set.sql)
  }

  async #close(failure: { readonly error: unknown } | undefined): Promise<void> {
    if (!failure) await this.#commitInner()
    else if (!this.#isInDoubt) await this.#rollbackInner(failure.error)
  }

  async #commitInner(): Promise<void> {
    try {
      await this.driver.commitTransaction(this.inner)
    } catch (error) {
      const judged = this.#judge(error, 'commit')
      if (!isServerError(error)) await this.#rollbackInner(judged)
      throw judged
    }
  }

  // Its answer also proves that whatever was sent before has been answered.
  async #rollbackInner(first?: unknown): Promise<void> {
    try {
      await this.driver.rollbackTransaction(this.inner)
    } catch (error) {
      this.#isInDoubt = true
      suppress(first, error)
    }
  }

  /** Draws the conclusions from an error; returns the one that the user gets. */
  #judge(error: unknown, text: string): unknown {
    if (isFatal(error)) this.#isInDoubt = true
    if (this.#status === 'in transaction') this.#status = 'failed'
    return explainError(error, text, this.#options.scope)
  }

  async #clean(): Promise<void> {
    const { scope, setting } = this.#options
    const steps = cleaning(this.#residue, [setting, ...scope.settings.map(([name]) => name)])
    try {
      for (const step of steps ?? []) await this.inner.executeQuery(step)
      this.#isInDoubt = steps === undefined
    } catch {
      this.#isInDoubt = true
    }
  }

  #assertUsable(): void {
    if (this.#turns.hasEnded) throw scopeEnded()
    assertScope(this.#options.scope)
  }

  #inTurn<T>(body: () => Promise<T>): Promise<T> {
    this.#assertUsable()
    const publish = timeStatement(this.#options.scope, 'sequential')
    return this.#turns.run(body).finally(publish)
  }
}

type Rest<F> = F extends (query: CompiledQuery, ...rest: infer R) => unknown ? R : never

const CHAINED = /\band\s+chain\b/i

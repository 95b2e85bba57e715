import { setImmediate } from 'node:timers/promises'
import type {
  CompiledQuery,
  DatabaseConnection,
  Driver,
  QueryResult,
  TransactionSettings,
} from 'kysely'
import { scopeEnded, transactionStatementRunning } from '../../errors/application.ts'
import { type LeaseUse, timeStatement } from '../../runtime/channels.ts'
import type { OpenLease, OpenLeases } from '../../runtime/open-leases.ts'
import { assertScope, type Scope, scopes } from '../../runtime/scope.ts'
import { within } from '../../util/within.ts'
import { checkDeferred } from '../plugin/deferred-guard.ts'
import { compiledFor } from '../plugin/late-predicate.ts'
import { isReturnedByItself } from './connection-loss.ts'
import type { SavepointArguments, SavepointCommand } from './inner-transaction.ts'
import { SequentialSession, type SequentialSessionOptions } from './sequential-session.ts'
import { Turns } from './turns.ts'

export interface SequentialConnectionOptions extends SequentialSessionOptions {
  /** Absent over a pool of pg, which knows its leases itself. */
  readonly leases: OpenLeases | undefined
}

/** A statement that runs longer than this holds up its connection, and no caller that ends it. */
export const PATIENCE_MS = 1000

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
  readonly #leases: OpenLeases | undefined
  readonly #session: SequentialSession
  readonly #turns = new Turns()
  // Ends the open stream, if there is one.
  #endStream: (() => Promise<void>) | undefined
  // A commit or rollback was handed in: a statement behind it would land outside the transaction.
  #ending: 'commit' | 'rollback' | undefined
  #isReturned = false
  #setDone: () => void = () => undefined
  /** Resolves when the dialect has its connection back. */
  readonly done: Promise<void> = new Promise((resolve) => {
    this.#setDone = resolve
  })

  constructor(inner: DatabaseConnection, options: SequentialConnectionOptions) {
    this.inner = inner
    this.driver = options.driver
    this.scope = options.scope
    this.#leases = options.leases
    this.#session = new SequentialSession(inner, options)
    for (const name of CANCELLATION) {
      const method = inner[name]
      if (method) Object.assign(this, { [name]: method.bind(inner) })
    }
    options.leases?.add(this)
  }

  get use(): LeaseUse {
    if (this.#endStream) return 'stream'
    if (!this.#session.transaction.isIdle) return 'transaction'
    return this.#turns.open > 0 ? 'statement' : 'connection'
  }

  get isIdle(): boolean {
    return this.#endStream !== undefined || this.#turns.open === 0
  }

  /** A statement runs that may still succeed. */
  get isRunning(): boolean {
    return this.#turns.open > 0 && !this.#turns.hasEnded && !this.isIdle
  }

  /** The dialect has its connection back: a new checkout may have it. */
  get isReturned(): boolean {
    return this.#isReturned
  }

  executeQuery<R>(query: CompiledQuery, ...options: Rest<Execute>): Promise<QueryResult<R>> {
    return this.#inTurn(() => {
      checkDeferred(query.query, this.scope)
      const bound = compiledFor(query, this.scope)
      const execute = () => this.inner.executeQuery<R>(bound, ...options)
      return this.#session.run(bound.sql, execute)
    })
  }

  async *streamQuery<R>(
    query: CompiledQuery,
    ...options: Rest<Stream>
  ): AsyncIterableIterator<QueryResult<R>> {
    this.#assertUsable()
    checkDeferred(query.query, this.scope)
    const endTurn = await this.#turns.take()
    const session = this.#session
    const isOwn = session.transaction.isIdle
    const rows = this.inner.streamQuery<R>(compiledFor(query, this.scope), ...options)
    let isCut = false
    this.#setStream(async () => {
      isCut = true
      await rows.return?.().catch(nothing)
      this.#setStream(undefined)
      endTurn()
    })
    try {
      await session.open(isOwn)
      for await (const result of rows) {
        yield result
        if (isCut) throw scopeEnded()
      }
    } catch (error) {
      throw session.judge(error)
    } finally {
      if (!isCut) {
        this.#setStream(undefined)
        // The consumer may take the last row in another scope: the transaction is one of this
        // scope.
        await scopes.run(this.scope, () => session.close(isOwn)).finally(endTurn)
        this.#noteLoss()
      }
    }
  }

  begin(settings: TransactionSettings): Promise<void> {
    return this.#inTurn(() => this.#session.transaction.begin(settings))
  }

  /**
   * Behind what still runs, and what Kysely hands over only once that is answered.
   *
   * @throws `TRANSACTION.STATEMENT_RUNNING` for an open stream
   */
  async commit(): Promise<void> {
    while (this.#turns.open > 0) {
      if (this.#endStream) throw transactionStatementRunning()
      await this.#turns.quiet()
      await setImmediate()
    }
    const commit = this.#inTurn(() => this.#session.commit())
    this.#ending = 'commit'
    await commit.finally(() => {
      this.#ending = undefined
    })
  }

  /**
   * Always succeeds: whatever made the user roll back is the error to see. It is sent behind what still
   * runs; a statement that takes long is not waited for here, and rolled back once it has ended.
   */
  async rollback(): Promise<void> {
    this.#ending = 'rollback'
    await within(this.#rollbackInTurn(), PATIENCE_MS)
  }

  async #rollbackInTurn(): Promise<void> {
    await this.#endStream?.()
    await this.#turns.run(async () => {
      await this.#session.rollback()
      this.#ending = undefined
    })
  }

  savepoint(command: SavepointCommand, ...args: SavepointArguments): Promise<void> {
    return this.#inTurn(async () => {
      await this.#session.transaction.savepoint(command, ...args)
      this.#session.savepoint()
    })
  }

  /**
   * Ends the checkout: what still runs is waited for, then rolled back and cleaned, and the connection
   * is given back to the dialect.
   *
   * @returns whether it could be cleaned; otherwise it was not given back
   */
  async end(): Promise<boolean> {
    this.#leases?.delete(this)
    const ended = this.#turns.end()
    await this.#endStream?.()
    await ended
    await this.#session.rollback()
    return this.retry()
  }

  /** Cleans the connection, once more if need be, and gives it back. */
  async retry(): Promise<boolean> {
    const isClean = await this.#session.clean()
    if (isClean) await this.giveBack()
    return isClean
  }

  async giveBack(): Promise<void> {
    if (this.#isReturned) return
    this.#isReturned = true
    const { loss } = this.#session.transaction
    if (!loss || !isReturnedByItself(loss)) await this.driver.releaseConnection(this.inner)
    this.#setDone()
  }

  /** At once: the pool of the dialect learns of it before it hands the connection out again. */
  #noteLoss(): void {
    if (this.#session.transaction.loss) this.giveBack().catch(nothing)
  }

  #setStream(end: (() => Promise<void>) | undefined): void {
    if (!end === !this.#endStream) return
    this.#endStream = end
    if (end) this.#leases?.streamOpened(this.scope)
    else this.#leases?.streamEnded(this.scope)
  }

  #assertUsable(): void {
    const { loss } = this.#session.transaction
    if (this.#turns.hasEnded || this.#ending || loss) throw scopeEnded(loss)
    assertScope(this.scope)
  }

  #inTurn<T>(body: () => Promise<T>): Promise<T> {
    this.#assertUsable()
    const publish = timeStatement(this.scope, 'sequential')
    const usable = async () => {
      const { loss } = this.#session.transaction
      if (this.#ending === 'rollback' || loss) throw scopeEnded(loss)
      return body().finally(() => this.#noteLoss())
    }
    return this.#turns.run(usable).finally(publish)
  }
}

async function nothing(): Promise<void> {}

type Rest<F> = F extends (query: CompiledQuery, ...rest: infer R) => unknown ? R : never

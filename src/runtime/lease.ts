import { scopeEnded, transactionStatementRunning } from '../errors/application.ts'
import { type DestroyReason, type LeaseUse, publishViolation, timeStatement } from './channels.ts'
import type { ClientState } from './client-state.ts'
import { LeaseState } from './lease-state.ts'
import { LeasedClient } from './leased-client.ts'
import type { OpenLease, OpenLeases } from './open-leases.ts'
import type { PgResult } from './pg-client.ts'
import type { PgCursor } from './pg-cursor.ts'
import type { KnownSession } from './residue/known-session.ts'
import { runLater } from './run-later.ts'
import { assertScope, type Scope } from './scope.ts'
import { runCursor } from './scoped-cursor.ts'
import type { Sender } from './sender.ts'
import { explainError } from './server-error.ts'
import { type Outcome, Statement, type StatementOptions } from './statement.ts'
import { StatementQueue } from './statement-queue.ts'
import { statementKind } from './statement-text.ts'

/** `error` is undefined where there is a result. */
type SettleStatement = (error: unknown, result?: PgResult) => void

const nothing = () => undefined
const ROLLED_BACK: PgResult = { command: 'ROLLBACK', rowCount: 0, rows: [] }

/**
 * One checkout of a pooled client, from acquire to release. It belongs to one scope, and after its
 * release it is dead, for every holder. Kysely's own connection takes it for the client.
 */
export class Lease implements OpenLease {
  readonly scope: Scope
  readonly since: number = performance.now()
  index = -1
  readonly #state: ClientState
  readonly #sender: Sender
  readonly #leases: OpenLeases
  readonly #lease: LeaseState
  readonly #client: LeasedClient
  readonly #queue = new StatementQueue()
  #ending = false
  #isStreaming = false

  constructor(state: ClientState, scope: Scope, sender: Sender, leases: OpenLeases) {
    this.scope = scope
    this.#state = state
    this.#sender = sender
    this.#leases = leases
    this.#lease = new LeaseState(state, sender)
    this.#client = new LeasedClient(state, this, leases, sender)
  }

  /** Before the lease is handed out. @throws what leaves the client in doubt; it is destroyed then */
  async enter(): Promise<void> {
    try {
      const found = await this.#sender.strategy.session?.enter(this.#state, this.scope)
      if (!found) return
      publishViolation(this.scope, found)
      this.#lease.hadForeignTenant = true
    } catch (error) {
      this.destroy(error, 'not cleaned')
      throw error
    }
  }

  /** Kysely reads it to cancel a statement. */
  get processID(): number | null | undefined {
    return this.#state.client.processID
  }

  /** The knowledge about the session behind the lease. */
  get session(): KnownSession {
    return this.#state
  }

  get use(): LeaseUse {
    if (this.#isStreaming) return 'stream'
    if (this.#lease.status !== 'I') return 'transaction'
    return this.#queue.isQuiet ? 'connection' : 'statement'
  }

  get isIdle(): boolean {
    return this.#isStreaming || this.#queue.isQuiet
  }

  /** Runs hooks: what they change on the session belongs to the connection, and stays. */
  setUp(hooks: () => Promise<void>): Promise<void> {
    return this.#lease.setUp(hooks)
  }

  /** True once after the client was created; for `onCreateConnection`. */
  claimCreation(): boolean {
    const isFirst = !this.#state.created
    this.#state.created = true
    return isFirst
  }

  query(text: string, values?: readonly unknown[]): Promise<PgResult>
  query(cursor: PgCursor): PgCursor
  query(query: string | PgCursor, values: readonly unknown[] = []): Promise<PgResult> | PgCursor {
    if (typeof query !== 'string') return this.#stream(query)
    return new Promise((resolve, reject) =>
      this.execute(query, values, (error, result) => {
        // Without an error there is a result.
        if (error === undefined) resolve(result as PgResult)
        else reject(error)
      }),
    )
  }

  /**
   * Runs one statement behind those that were handed in before.
   *
   * @param options how pg reads the rows of this statement
   * @throws `SCOPE.ENDED`, `TENANT.MISMATCH` and `TRANSACTION.STATEMENT_RUNNING`, instead of settling
   */
  execute(
    text: string,
    values: readonly unknown[],
    settle: SettleStatement,
    options?: StatementOptions,
  ): void {
    const kind = statementKind(text)
    const statement = new Statement(text, values, kind, this.scope, options)
    if (kind === 'rollback') this.#rollback(text, settle)
    else if (kind === 'commit' && !this.#queue.isQuiet) this.#commitOnceQuiet(statement, settle)
    else this.#take(statement, settle)
  }

  /** Gives the client back, or destroys it when anything about it is in doubt. Safe to call twice. */
  release(): void {
    this.#client.release(this.#lease, !this.#queue.isQuiet)
  }

  /** Ends the lease; the server rolls back whatever was open. */
  destroy(error?: unknown, reason: DestroyReason = 'no answer'): void {
    this.#client.destroy(error, reason)
  }

  #take(statement: Statement, settle: SettleStatement): void {
    if (this.#isNext()) this.#send(statement, settle)
    else this.#queue.wait(() => this.#send(statement, settle))
  }

  #send(statement: Statement, settle: SettleStatement): void {
    if (this.#client.hasEnded) {
      this.#answered(settle, scopeEnded(this.#client.loss))
      return
    }
    this.#lease.note(statement)
    this.#ending = statement.kind === 'commit' || statement.kind === 'rollback'
    const publish = timeStatement(this.scope, this.#sender.strategy.name)
    this.#sender.send(this.#state, statement, (outcome) => {
      this.#ending = false
      const error = this.#record(statement, outcome)
      publish()
      this.#answered(settle, error, outcome.result)
    })
  }

  /**
   * Always succeeds: losing the connection rolls back as well, and the reason for the rollback is
   * the error to see. No statement is queued behind one that is still running.
   */
  #rollback(text: string, settle: SettleStatement): void {
    if (!this.#queue.isQuiet) this.destroy(undefined, 'statement running')
    const settled: SettleStatement = (error) => {
      if (error !== undefined) this.destroy(error)
      settle(undefined, ROLLED_BACK)
    }
    try {
      if (this.#client.hasEnded || this.#lease.status === 'I') settled(undefined)
      else this.#take(new Statement(text, [], 'rollback', this.scope), settled)
    } catch (error) {
      settled(error)
    }
  }

  /** Behind what still runs, and what a builder hands over only once that is answered. */
  #commitOnceQuiet(statement: Statement, settle: SettleStatement): void {
    if (this.#isStreaming) {
      const error = transactionStatementRunning()
      this.destroy(error, 'statement running')
      throw error
    }
    const commit = () => {
      if (!this.#queue.isQuiet) return this.#commitOnceQuiet(statement, settle)
      this.#take(statement, settle)
    }
    this.#queue.whenQuiet(() => runLater(this.scope, commit, settle))
  }

  #stream(cursor: PgCursor): PgCursor {
    if (this.#isNext()) this.#submit(cursor)
    else this.#queue.wait(() => this.#submit(cursor))
    return cursor
  }

  #submit(cursor: PgCursor): void {
    if (this.#client.hasEnded) {
      this.#answered((error) => cursor.handleError(error), scopeEnded(this.#client.loss))
      return
    }
    const statement = new Statement(cursor.text, [], statementKind(cursor.text), this.scope)
    this.#lease.note(statement)
    const publish = timeStatement(this.scope, this.#sender.strategy.name)
    this.#isStreaming = true
    this.#leases.streamOpened(this.scope)
    runCursor(this.#state.client, cursor, {
      prelude: () => this.#sender.prelude(this.#state, statement),
      explain: (error) => explainError(error, this.scope, this.#sender.tables),
      settleOr: (again, outcome, settle) =>
        this.#sender.settleOr(again, this.#state, statement, outcome, settle),
      settle: (outcome) => {
        this.#isStreaming = false
        this.#leases.streamEnded(this.scope)
        this.#record(statement, outcome)
        publish()
        this.#answered(nothing)
      },
    })
  }

  #isNext(): boolean {
    // While a COMMIT is on its way a late statement would land behind the transaction.
    if (this.#client.hasEnded || this.#ending) throw scopeEnded(this.#client.loss)
    assertScope(this.scope)
    return this.#queue.enter()
  }

  #answered(settle: SettleStatement, error?: unknown, result?: PgResult): void {
    this.#queue.leave()
    settle(error, result)
    this.#queue.next()
  }

  #record(statement: Statement, outcome: Outcome): unknown {
    const error = this.#lease.record(statement, outcome)
    const command = outcome.result?.command
    if (command === 'DEALLOCATE' || command === 'DISCARD') this.#sender.forgetPrepared(this.#state)
    const { end } = this.#lease
    if (end) this.destroy(end.error, end.reason)
    return error
  }
}

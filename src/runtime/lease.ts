import {
  connectionInTransaction,
  scopeEnded,
  sessionChanged,
  transactionRolledBack,
  transactionStatementRunning,
} from '../errors/application.ts'
import { type LeaseUse, publishViolation, timeStatement } from './channels.ts'
import { type ClientState, destroyClient } from './client-state.ts'
import { takeSignal } from './control-client.ts'
import type { OpenLease, OpenLeases } from './open-leases.ts'
import type { PgClient, PgResult, TransactionStatus } from './pg-client.ts'
import { assertScope, type Scope } from './scope.ts'
import { type PgCursor, runCursor } from './scoped-cursor.ts'
import type { Outcome } from './scoped-query.ts'
import { Sender, type SenderOptions } from './sender.ts'
import { explainError, isFatal, isServerError } from './server-error.ts'
import { leavesSessionState, type StatementKind, statementKind } from './statement-text.ts'
import type { PreludeContext, Strategy } from './strategies/strategy.ts'

type Done = <T>(settle: (value: T) => void, value: T) => void

const nothing = () => undefined

/**
 * One checkout of a pooled client, from acquire to release: what Kysely takes for the client. It
 * belongs to one scope, and after its release it is dead, whoever still holds it.
 */
export class Lease implements OpenLease {
  readonly scope: Scope
  readonly since: number = performance.now()
  readonly #client: PgClient
  readonly #state: ClientState
  readonly #strategy: Strategy
  readonly #sender: Sender
  readonly #leases: OpenLeases
  #status: TransactionStatus = 'I'
  // Nothing of the transaction has bound our tenant: one in sight can only be a stranger's.
  #isUnbound = true
  // Statements that were handed in and are not answered.
  #open = 0
  readonly #waiting: (() => void)[] = []
  #ending = false
  #isStreaming = false
  #ended = false
  #dirty = false
  #loss: unknown

  constructor(
    client: PgClient,
    state: ClientState,
    scope: Scope,
    options: SenderOptions,
    leases: OpenLeases,
  ) {
    this.scope = scope
    this.#client = client
    this.#state = state
    this.#strategy = options.strategy
    this.#sender = new Sender(client, state, options)
    this.#leases = leases
    leases.add(this)
  }

  /** Before the lease is handed out. @throws what leaves the client in doubt; it is destroyed then */
  async enter(): Promise<void> {
    try {
      const found = await this.#strategy.session?.enter(this.#client, this.#state, this.scope)
      if (!found) return
      publishViolation(this.scope, found)
      this.#dirty = true
    } catch (error) {
      this.destroy(error)
      throw error
    }
  }

  /** Kysely reads it to cancel a statement. */
  get processID(): number | null | undefined {
    return this.#client.processID
  }

  get use(): LeaseUse {
    if (this.#isStreaming) return 'stream'
    if (this.#status !== 'I') return 'transaction'
    return this.#open > 0 ? 'statement' : 'connection'
  }

  get isIdle(): boolean {
    return this.#isStreaming || this.#open === 0
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
    return typeof query === 'string' ? this.#execute(query, values) : this.#stream(query)
  }

  /** Gives the client back, or destroys it when anything about it is in doubt. Safe to call twice. */
  release(): void {
    if (this.#ended) return
    const isSignalled = takeSignal(this.processID)
    if (this.#open > 0 || this.#dirty || isSignalled || this.#status !== 'I') {
      this.destroy()
    } else {
      this.#ended = true
      this.#leases.delete(this)
      this.#giveBack()
    }
  }

  #giveBack(): void {
    const { session } = this.#strategy
    if (session) {
      session.leave(this.#client, this.scope).then(
        () => this.#client.release(),
        (error) => destroyClient(this.#client, error),
      )
    } else {
      this.#client.release()
    }
  }

  /** Ends the lease; the server rolls back whatever was open. */
  destroy(reason?: unknown): void {
    if (this.#ended) return
    this.#ended = true
    this.#leases.delete(this)
    this.#loss = reason
    takeSignal(this.processID)
    destroyClient(this.#client, reason)
  }

  #execute(text: string, values: readonly unknown[]): Promise<PgResult> {
    const kind = statementKind(text)
    if (kind === 'rollback') return this.#rollback(text)
    if (kind === 'commit') this.#assertNothingRunning()
    return this.#send(text, values, kind)
  }

  #send(text: string, values: readonly unknown[], kind: StatementKind): Promise<PgResult> {
    return new Promise((resolve, reject) => {
      this.#assertUsable()
      this.#inTurn((done) => {
        if (this.#ended) return done(reject, scopeEnded(this.#loss))
        this.#ending = kind === 'commit' || kind === 'rollback'
        const judge = this.#judgeOf(text, kind)
        this.#sender.send({ text, values, kind }, this.#context, (outcome) => {
          this.#ending = false
          const error = judge(outcome)
          if (error === undefined) done(resolve, outcome.result as PgResult)
          else done(reject, error)
        })
      })
    })
  }

  /**
   * Always succeeds: losing the connection rolls back as well, and whatever made the user roll back is
   * the error to see. Nothing is queued behind a statement that is still running.
   */
  async #rollback(text: string): Promise<PgResult> {
    if (this.#open > 0) this.destroy()
    if (!this.#ended && this.#status !== 'I') {
      await this.#send(text, [], 'rollback').catch((error) => this.destroy(error))
    }
    return { command: 'ROLLBACK', rowCount: 0, rows: [] }
  }

  get #context(): PreludeContext {
    const isUnbound = this.#status === 'I' || this.#isUnbound
    return { scope: this.scope, status: this.#status, isUnbound }
  }

  #assertNothingRunning(): void {
    if (this.#open === 0) return
    const error = transactionStatementRunning()
    this.destroy(error)
    throw error
  }

  #stream(cursor: PgCursor): PgCursor {
    this.#assertUsable()
    this.#inTurn((done) => {
      const fail = (error: unknown) => cursor.handleError(error)
      if (this.#ended) return done(fail, scopeEnded(this.#loss))
      const kind = statementKind(cursor.text)
      const judge = this.#judgeOf(cursor.text, kind)
      this.#isStreaming = true
      this.#leases.streamOpened(this.scope)
      runCursor(this.#client, cursor, this.#sender.prelude(kind, this.#context), {
        explain: (error) => explainError(error, cursor.text, this.scope),
        settle: (outcome) => {
          this.#isStreaming = false
          this.#leases.streamEnded(this.scope)
          judge(outcome)
          done(nothing, undefined)
        },
      })
    })
    return cursor
  }

  #assertUsable(): void {
    // While a COMMIT is on its way a late statement would land behind the transaction.
    if (this.#ended || this.#ending) throw scopeEnded(this.#loss)
    assertScope(this.scope)
  }

  /** One statement at a time: pg's own queue drops a statement when another one times out. */
  #inTurn(start: (done: Done) => void): void {
    const run = () => {
      const publish = timeStatement(this.scope, this.#strategy.name)
      start((settle, value) => {
        this.#open--
        publish()
        settle(value)
        this.#waiting.shift()?.()
      })
    }
    if (this.#open++ === 0) run()
    else this.#waiting.push(run)
  }

  /** Draws the conclusions from an outcome; returns the error that the user gets, if any. */
  #judgeOf(text: string, kind: StatementKind): (outcome: Outcome) => unknown {
    const { status: before, isUnbound } = this.#context
    return (outcome) => {
      const { error, result, status, found } = outcome
      if (status === undefined || isFatal(error)) {
        this.destroy(lossOf(error))
        return error
      }
      this.#status = status
      this.#noteResidue(text, result?.command, isUnbound ? found : null)
      const starts = kind === 'begin' ? before === 'I' : kind === 'commit' || kind === 'rollback'
      this.#isUnbound = starts || (this.#isUnbound && kind !== 'statement')
      // Nobody on this lease opened a transaction: the client came with one.
      if (before === 'I' && status !== 'I' && kind !== 'begin') return this.#reject(error)
      return this.#failureOf(text, kind, outcome)
    }
  }

  #reject(error: unknown): unknown {
    const intruder = connectionInTransaction(error)
    this.destroy(intruder)
    return intruder
  }

  #failureOf(text: string, kind: StatementKind, { error, result }: Outcome): unknown {
    // Kysely sends no rollback, and may never release, after a begin that failed.
    if (kind === 'begin' && error !== undefined) this.destroy(error)
    // An aborted transaction answers COMMIT with ROLLBACK.
    if (kind === 'commit' && result?.command === 'ROLLBACK') return transactionRolledBack()
    return error === undefined ? undefined : explainError(error, text, this.scope)
  }

  /** What would outlive the statement on the connection: then nobody gets the client again. */
  #noteResidue(text: string, command: string | undefined, found: string | null): void {
    if (found) publishViolation(this.scope, found)
    const isLeft = leavesSessionState(text, command)
    if (found || isLeft) this.#dirty = true
    // Nothing would give the session its tenant again: no further statement may rely on it.
    const { session } = this.#strategy
    if (session && (isLeft || session.isChangedBy(text, this.scope))) this.destroy(sessionChanged())
    if (command === 'DEALLOCATE' || command === 'DISCARD') this.#sender.forgetPrepared()
  }
}

/** An error of the server that leaves the connection as it was is not why it was lost behind it. */
function lossOf(error: unknown): unknown {
  if (!isServerError(error) || isFatal(error)) return error
  return new Error('Connection terminated behind an error of the server', { cause: error })
}

import { sessionChanged, transactionRolledBack } from '../errors/application.ts'
import { connectionInTransaction } from '../errors/connection.ts'
import { isTenancyError } from '../errors/tenancy-error.ts'
import { type DestroyReason, publishViolation } from './channels.ts'
import type { ClientState } from './client-state.ts'
import type { TransactionStatus } from './pg-client.ts'
import { LeaseProof } from './residue/lease-proof.ts'
import { SessionChanges } from './residue/session-changes.ts'
import { staysOnSession } from './residue/text-effect.ts'
import { effectOf, effectOfFailed } from './residue/text-effects.ts'
import type { RuntimeTable } from './runtime-config.ts'
import type { Sender } from './sender.ts'
import { explainError, isFatal, isServerError } from './server-error.ts'
import type { Outcome, Statement } from './statement.ts'
import type { SessionSteps } from './strategies/strategy.ts'

/** The state of a leased connection, as the answers of the server tell it. */
export class LeaseState {
  status: TransactionStatus = 'I'
  /** The session came with a tenant: the client is not given back. */
  hadForeignTenant = false
  /** The residue that is to be taken off the session at the end. */
  changes: SessionChanges | undefined
  /** Why it is to be destroyed at once, if it is. */
  end: { readonly reason: DestroyReason; readonly error: unknown } | undefined
  // No statement of the transaction has bound our tenant: one in sight can only be a foreign one.
  #isUnbound = true
  // The residue of statements on the session belongs to the connection.
  #isSettingUp = false
  readonly #client: ClientState
  readonly #proof: LeaseProof
  readonly #session: SessionSteps | undefined
  readonly #tables: readonly RuntimeTable[]

  constructor(client: ClientState, { strategy, tables }: Sender) {
    this.#client = client
    this.#proof = new LeaseProof(client)
    this.#session = strategy.session
    this.#tables = tables
  }

  /** Runs hooks: what they change on the session belongs to the connection, and stays. */
  async setUp(hooks: () => Promise<void>): Promise<void> {
    const known = this.#client.baseline
    this.#isSettingUp = true
    try {
      await hooks()
      if (known && !this.#client.baseline) await this.#session?.setUp(this.#client)
    } finally {
      this.#isSettingUp = false
    }
  }

  /** Notes on a statement, whose turn has come, how it meets the connection. */
  note(statement: Statement): void {
    statement.status = this.status
    statement.isUnbound = this.status === 'I' || this.#isUnbound
    this.#proof.note(statement)
  }

  /** Draws the conclusions from an outcome; returns the error that the user gets, if any. */
  record(statement: Statement, outcome: Outcome): unknown {
    const { kind, status: before } = statement
    const { error, status } = outcome
    if (status === undefined || isFatal(error)) {
      this.end = { reason: isInDoubt(error) ? 'not cleaned' : 'no answer', error: lossOf(error) }
      return error
    }
    this.status = status
    this.#proof.record(statement, outcome)
    this.#noteResidue(statement, outcome)
    const starts = kind === 'begin' ? before === 'I' : kind === 'commit' || kind === 'rollback'
    this.#isUnbound = starts || (this.#isUnbound && kind !== 'statement')
    // No statement of this lease opened a transaction: the client came with one.
    if (before === 'I' && status !== 'I' && kind !== 'begin') {
      this.end = { reason: 'in a transaction', error: connectionInTransaction(error) }
      return this.end.error
    }
    return this.#failureOf(statement, outcome)
  }

  #failureOf({ kind, scope }: Statement, { error, result }: Outcome): unknown {
    // Kysely sends no rollback, and may never release, after a begin that failed.
    if (kind === 'begin' && error !== undefined) this.end = { reason: 'begin failed', error }
    // An aborted transaction answers COMMIT with ROLLBACK.
    if (kind === 'commit' && result?.command === 'ROLLBACK') return transactionRolledBack()
    return error === undefined ? undefined : explainError(error, scope, this.#tables)
  }

  /** The residue that would outlive the statement on the connection. */
  #noteResidue({ text, scope, isUnbound }: Statement, { error, result, found }: Outcome): void {
    const foreignTenant = isUnbound ? found : null
    if (foreignTenant) {
      publishViolation(scope, foreignTenant)
      this.hadForeignTenant = true
    }
    const effect = error === undefined ? effectOf(text, result?.command) : effectOfFailed(text)
    if (effect && this.#isSettingUp) {
      if (staysOnSession(effect)) this.#proof.forget()
    } else if (effect) {
      this.changes ??= new SessionChanges()
      this.changes.note(effect)
    }
    const isLasting = effect?.kind === 'lasting' && !this.#isSettingUp
    // No prelude would give the session its tenant again: no further statement may rely on it.
    if (this.#session && (isLasting || this.#session.isChangedBy(text, scope))) {
      this.end = { reason: 'session changed', error: sessionChanged() }
    }
  }
}

function isInDoubt(error: unknown): boolean {
  return isTenancyError(error) && error.code === 'CONNECTION.IN_DOUBT'
}

/** An error of the server that leaves the connection as it was is not why it was lost behind it. */
function lossOf(error: unknown): unknown {
  if (!isServerError(error) || isFatal(error)) return error
  return new Error('Connection terminated behind an error of the server', { cause: error })
}

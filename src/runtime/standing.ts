import {
  connectionInTransaction,
  sessionChanged,
  transactionRolledBack,
} from '../errors/application.ts'
import { publishViolation } from './channels.ts'
import type { TransactionStatus } from './pg-client.ts'
import { explainError, isFatal, isServerError } from './server-error.ts'
import type { Outcome, Statement } from './statement.ts'
import { leavesSessionState } from './statement-text.ts'
import type { SessionSteps } from './strategies/strategy.ts'

/** What the answers of the server say of a leased connection. */
export class Standing {
  status: TransactionStatus = 'I'
  /** It carries what nobody else may meet: no other lease gets it. */
  isDirty = false
  /** Why it is to be destroyed at once, if it is. */
  doom: unknown
  // Nothing of the transaction has bound our tenant: one in sight can only be a stranger's.
  #isUnbound = true
  readonly #session: SessionSteps | undefined

  constructor(session: SessionSteps | undefined) {
    this.#session = session
  }

  /** Notes on a statement, whose turn has come, how it meets the connection. */
  meet(statement: Statement): void {
    statement.status = this.status
    statement.isUnbound = this.status === 'I' || this.#isUnbound
  }

  /** Draws the conclusions from an outcome; returns the error that the user gets, if any. */
  judge(statement: Statement, outcome: Outcome): unknown {
    const { kind, status: before } = statement
    const { error, status } = outcome
    if (status === undefined || isFatal(error)) {
      this.doom = lossOf(error)
      return error
    }
    this.status = status
    this.#noteResidue(statement, outcome)
    const starts = kind === 'begin' ? before === 'I' : kind === 'commit' || kind === 'rollback'
    this.#isUnbound = starts || (this.#isUnbound && kind !== 'statement')
    // Nobody on this lease opened a transaction: the client came with one.
    if (before === 'I' && status !== 'I' && kind !== 'begin') {
      this.doom = connectionInTransaction(error)
      return this.doom
    }
    return this.#failureOf(statement, outcome)
  }

  #failureOf({ text, kind, scope }: Statement, { error, result }: Outcome): unknown {
    // Kysely sends no rollback, and may never release, after a begin that failed.
    if (kind === 'begin' && error !== undefined) this.doom = error
    // An aborted transaction answers COMMIT with ROLLBACK.
    if (kind === 'commit' && result?.command === 'ROLLBACK') return transactionRolledBack()
    return error === undefined ? undefined : explainError(error, text, scope)
  }

  /** What would outlive the statement on the connection. */
  #noteResidue({ text, scope, isUnbound }: Statement, { result, found }: Outcome): void {
    const stranger = isUnbound ? found : null
    if (stranger) publishViolation(scope, stranger)
    const isLeft = leavesSessionState(text, result?.command)
    if (stranger || isLeft) this.isDirty = true
    // Nothing would give the session its tenant again: no further statement may rely on it.
    if (this.#session && (isLeft || this.#session.isChangedBy(text, scope))) {
      this.doom = sessionChanged()
    }
  }
}

/** An error of the server that leaves the connection as it was is not why it was lost behind it. */
function lossOf(error: unknown): unknown {
  if (!isServerError(error) || isFatal(error)) return error
  return new Error('Connection terminated behind an error of the server', { cause: error })
}

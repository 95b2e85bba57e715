import { sessionNotCleaned } from '../errors/connection.ts'
import { type ClientState, MAX_LOSSES } from './client-state.ts'
import { lostStatement } from './prepared-statements.ts'
import { isRefusal } from './residue/refusal.ts'
import { runScoped } from './scoped-query.ts'
import { Outcome, type Settle, type Statement } from './statement.ts'
import type { Prelude } from './strategies/strategy.ts'

interface Recovery {
  /** Sends the statement again. */
  again(): void
  settle: Settle
  /** Cleans the session in front of a statement, and outside the transaction. */
  cleanUp(): Prelude
  /** Forgets the names of prepared statements. */
  forget(): void
  /** Prepares the statement anew, and where a table has changed for certain, every statement. */
  changed(isCertain: boolean): void
}

/**
 * After an error: sends the statement again where the server has skipped it, because the session was
 * not clean or had lost the name of a statement. Each happens once for a statement.
 */
export function recover(
  state: ClientState,
  statement: Statement,
  outcome: Outcome,
  recovery: Recovery,
): void {
  const { error, wasSkipped } = outcome
  if (outcome.status === undefined) recovery.settle(lossOf(outcome))
  else if (wasSkipped && isRefusal(error) && statement.recovery === undefined) {
    // A pooler may give the next unit another session, so the clean-up shares the write of the statement.
    const isApart = state.direct === true && statement.status === 'T'
    statement.recovery = isApart ? 'cleaned' : 'clean-up'
    reopen(state, statement, outcome, recovery, isApart ? recovery.cleanUp() : undefined)
  } else if (!statement.wasLost && isLost(state, statement, error, recovery)) {
    statement.wasLost = true
    reopen(state, statement, outcome, recovery, undefined)
  } else if (wasSkipped && statement.recovery !== undefined) {
    recovery.settle(inDoubt(error))
  } else {
    recovery.settle(outcome)
  }
}

/** The connection was lost: an error that a living one would have recovered from is not the one to see. */
function lossOf(outcome: Outcome): Outcome {
  const { error: cause } = outcome
  if (!isRefusal(cause) && lostStatement(cause, false) === undefined) return outcome
  const error = new Error('Connection terminated before the statement was sent again', { cause })
  return new Outcome(error, undefined, undefined, null, true)
}

function isLost(
  state: ClientState,
  { prepared }: Statement,
  error: unknown,
  { forget, changed }: Recovery,
): boolean {
  const lost = lostStatement(error, prepared?.isReused === true)
  if (lost === undefined) return false
  if (lost === 'by DDL' || lost === 'by its age') {
    changed(lost === 'by DDL')
    return true
  }
  forget()
  state.losses++
  // A pooler is in the path, or a hook that deallocates: a name would cost more than it saves.
  if (state.direct !== true || state.losses >= MAX_LOSSES) state.statements = 'off'
  return true
}

/** Brings a transaction, in which the statement alone has failed, to where it was before it. */
function reopen(
  state: ClientState,
  { status, opening }: Statement,
  outcome: Outcome,
  { again, settle }: Recovery,
  cleanUp: Prelude | undefined,
): void {
  // Outside a transaction it had no effect; some transactions have run more than the opening.
  if (status === 'I' && outcome.status === 'I') again()
  else if (outcome.status !== 'E' || opening === undefined) settle(outcome)
  else {
    const texts = [cleanUp ? 'close all' : 'rollback', ...opening].values()
    const next = (prelude?: Prelude) => {
      const { value: text, done } = texts.next()
      if (done) again()
      else
        runScoped(state.client, { text, values: [], prelude }, (ran) => {
          if (ran.error === undefined) next()
          else settle(ran.status ? inDoubt(ran.error) : ran)
        })
    }
    next(cleanUp)
  }
}

/** Without a status: the client is destroyed. */
function inDoubt(cause: unknown): Outcome {
  return new Outcome(sessionNotCleaned(cause), undefined, undefined, null, true)
}

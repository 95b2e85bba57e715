import type { ClientState } from '../client-state.ts'
import type { PreludeContext } from '../strategies/strategy.ts'
import { Baseline, setBaseline, type TemporaryQuestion } from './baseline.ts'
import { FACTS, isOwnOrUntouched, readFacts } from './facts.ts'

/** The question of the first statement of a lease to its session. */
export interface Proof {
  /** SQL, true where the session is clean. */
  readonly condition: string
  /** SQL of a column for `receiveFacts`, as long as the session is unknown. */
  readonly facts: string | undefined
}

export function proofOf({ baseline, pid }: ClientState, temporary: TemporaryQuestion): Proof {
  return baseline
    ? { condition: baseline.condition(temporary), facts: undefined }
    : { condition: isOwnOrUntouched(pid), facts: FACTS }
}

/**
 * The question about temporary objects. `unasked`: they are discarded in front, which costs what
 * the question costs; but not where a `rollback to` could bring them back.
 */
export function temporaryQuestion(
  { discards, direct, baseline }: ClientState,
  { status, opening, isRefused }: PreludeContext,
): TemporaryQuestion {
  if (isRefused) return 'refused'
  if (!discards || baseline?.keepsTemporary) return 'schema'
  const isBehindSavepoint = status === 'T' && (opening?.length ?? 0) > 1
  return isBehindSavepoint && direct ? 'objects' : 'unasked'
}

/** Takes the answer of a first statement, which has proven that the session is clean. */
export function receiveFacts(state: ClientState, column: string | null | undefined): void {
  const facts = readFacts(column)
  // A client that knows no backend, such as one of PGlite, has no pooler in its path.
  state.direct = state.pid === undefined || facts.pid === state.pid
  setBaseline(state, new Baseline(facts, state.direct))
}

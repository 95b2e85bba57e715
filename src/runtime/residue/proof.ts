import type { ClientState } from '../client-state.ts'
import { Baseline, setBaseline } from './baseline.ts'
import { FACTS, isOwnOrUntouched, readFacts } from './facts.ts'

/** What the first statement of a lease asks of the session. */
export interface Proof {
  /** SQL, true where the session is clean. */
  readonly condition: string
  /** SQL of a column for `receiveFacts`, as long as nothing is known of the session. */
  readonly facts: string | undefined
}

export function proofOf(state: ClientState): Proof {
  const { baseline, pid } = state
  return baseline
    ? { condition: baseline.condition(discards(state) ? 'unasked' : 'schema'), facts: undefined }
    : { condition: isOwnOrUntouched(pid), facts: FACTS }
}

/** Are temporary objects discarded in front, so that there is no need to ask for them? */
export function discards({ discards, baseline }: ClientState): boolean {
  return discards && !baseline?.keepsTemporary
}

/** Takes the answer of a first statement, which has proven that the session is clean. */
export function receiveFacts(state: ClientState, column: string | null | undefined): void {
  const facts = readFacts(column)
  state.direct = facts.pid === state.pid
  setBaseline(state, new Baseline(facts, state.direct))
}

import type { ClientState } from '../client-state.ts'
import { confirmed } from '../confirmed.ts'
import type { Scope } from '../scope.ts'
import type { SessionSteps } from '../strategies/strategy.ts'
import { CleanUp } from './clean-up.ts'
import type { SessionChanges } from './session-changes.ts'

export interface EndOfLease {
  readonly scope: Scope
  readonly steps: SessionSteps | undefined
  readonly changes: SessionChanges | undefined
  /** DISCARD ALL. */
  readonly discardsAll: boolean
  /** The names of prepared statements are gone. */
  forgetPrepared(): void
}

/**
 * The work before a client may go back to its pool, off the path of the caller. Usually there is
 * none.
 *
 * @throws the error that leaves the session in doubt
 */
export function endOfLease(state: ClientState, lease: EndOfLease): Promise<void> | undefined {
  const { steps, changes, discardsAll } = lease
  if (changes?.hadTemporary) state.discards = true
  return steps || discardsAll || changes?.needsCleanUp ? clean(state, lease) : undefined
}

async function clean(state: ClientState, lease: EndOfLease): Promise<void> {
  const { scope, steps, changes, discardsAll, forgetPrepared } = lease
  await steps?.leave(state, scope)
  // A pooler would send it to whatever session is free.
  const discards = discardsAll && state.direct !== false
  if (discards) {
    forgetPrepared()
    await confirmed(state, { text: 'discard all', values: [] })
  }
  if (!discards && !changes?.needsCleanUp) return
  if (!state.baseline && state.direct !== false) {
    throw new Error('The session was changed before it was looked at')
  }
  // DISCARD ALL takes what connect hooks have set, too.
  const prelude = new CleanUp(state, undefined, () => undefined, changes?.commands)
  await confirmed(state, { text: 'close all', values: [], prelude })
}

import type { RelationState, TriggerState } from './relation-state.ts'

/** The triggers of the user that an update of this column fires. */
export function firedTriggers({ triggers }: RelationState, column: string): TriggerState[] {
  return triggers.filter(
    ({ isInternal, isEnabled, updateOf }) =>
      !isInternal &&
      isEnabled &&
      updateOf !== null &&
      (updateOf.length === 0 || updateOf.includes(column)),
  )
}

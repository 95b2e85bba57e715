import type { PolicyState } from '../catalog/policy-state.ts'
import { writtenRowCondition } from '../policy/compare-clauses.ts'
import { conjuncts } from '../policy/conjuncts.ts'
import { isSame, type Judgement, worstOf } from './change.ts'

/** Judges the change of a policy by its text: exactly where one condition contains the other. */
export function judgeByText(before: PolicyState, after: PolicyState): Judgement {
  return worstOf([
    ...(before.permissive === after.permissive
      ? []
      : ([after.permissive ? 'WIDENS' : 'NARROWS'] as const)),
    commands(before, after),
    roles(before, after),
    condition(before.using, after.using),
    condition(writtenRowCondition(before), writtenRowCondition(after)),
  ])
}

// With more commands a permissive policy lets more through, and a restrictive one less.
function commands(before: PolicyState, { command, permissive }: PolicyState): Judgement {
  if (before.command === command) return 'SAFE'
  if (before.command !== 'all' && command !== 'all') return 'UNKNOWN'
  return (command === 'all') === permissive ? 'WIDENS' : 'NARROWS'
}

function roles(before: PolicyState, after: PolicyState): Judgement {
  if (isSame(before.roles, after.roles)) return 'SAFE'
  const holds = (some: readonly string[], others: readonly string[]) =>
    some.length === 0 || (others.length > 0 && others.every((role) => some.includes(role)))
  if (holds(after.roles, before.roles)) return after.permissive ? 'WIDENS' : 'NARROWS'
  if (holds(before.roles, after.roles)) return after.permissive ? 'NARROWS' : 'WIDENS'
  return 'UNKNOWN'
}

/** A condition that has all conjuncts of the other one, and more, is narrower. */
function condition(before: string | null, after: string | null): Judgement {
  if (before === after) return 'SAFE'
  if (before === null || after === null) return 'UNKNOWN'
  if (before === 'true' || after === 'false') return 'NARROWS'
  if (after === 'true' || before === 'false') return 'WIDENS'
  const [old, now] = [conjuncts(before), conjuncts(after)]
  if (old.every((part) => now.includes(part))) return 'NARROWS'
  return now.every((part) => old.includes(part)) ? 'WIDENS' : 'UNKNOWN'
}

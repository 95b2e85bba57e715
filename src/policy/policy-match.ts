import type { PolicyState } from '../catalog/policy-state.ts'
import { isSameSet } from '../util/same-set.ts'
import { comparedClauses } from './compare-clauses.ts'
import type { PolicyPair } from './policy-pair.ts'
import { POLICY_MARKER } from './tenant-policies.ts'

/** The tool marked the policy as its own. */
export function isOurs({ comment }: PolicyState): boolean {
  return comment === POLICY_MARKER
}

/** Both are for the same command and of the same kind. */
export function hasSameShape({ wanted, actual }: PolicyPair): boolean {
  return actual.command === wanted.command && actual.permissive === wanted.permissive
}

export function hasSameRoles({ wanted, actual }: PolicyPair): boolean {
  return isSameSet(actual.roles, wanted.roles)
}

/** The policy is the wanted one, word for word. Its marker is another question: {@link isOurs}. */
export function isExact(pair: PolicyPair): boolean {
  const { wanted, actual } = pair
  return (
    hasSameShape(pair) &&
    hasSameRoles(pair) &&
    actual.using === (wanted.using?.deparsed ?? null) &&
    actual.check === (wanted.check?.deparsed ?? null)
  )
}

/**
 * The policy does what the wanted one does, as far as the text alone shows it: it is exact, or USING stands
 * in for the same WITH CHECK. A condition in other words can be equivalent too, which only a truth table shows.
 */
export function isEquivalent(pair: PolicyPair): boolean {
  return (
    hasSameShape(pair) &&
    hasSameRoles(pair) &&
    comparedClauses(pair).every(({ actual, wanted }) => actual.text === wanted)
  )
}

/** ALTER POLICY makes the policy the wanted one. It can add a clause and can take none away. */
export function canBeAltered(pair: PolicyPair): boolean {
  const { wanted, actual } = pair
  return (
    hasSameShape(pair) &&
    (actual.using === null || wanted.using !== undefined) &&
    (actual.check === null || wanted.check !== undefined)
  )
}

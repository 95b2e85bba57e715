import type { PolicyState } from '../catalog/policy-state.ts'
import { isSameSet } from '../util/same-set.ts'
import { POLICY_MARKER, type TenantPolicy } from './tenant-policies.ts'

export function findByName<T extends { readonly name: string }>(
  list: readonly T[],
  { name }: { readonly name: string },
): T | undefined {
  return list.find((entry) => entry.name === name)
}

/** The tool marked it as its own. */
export function isOurs({ comment }: PolicyState): boolean {
  return comment === POLICY_MARKER
}

export function isPermissive({ permissive }: { readonly permissive: boolean }): boolean {
  return permissive
}

export function isRestrictive({ permissive }: { readonly permissive: boolean }): boolean {
  return !permissive
}

/** Whatever its marker. */
export function isAsWanted(actual: PolicyState, policy: TenantPolicy): boolean {
  return (
    canBeAltered(actual, policy) &&
    actual.using === (policy.using?.deparsed ?? null) &&
    actual.check === (policy.check?.deparsed ?? null) &&
    isSameSet(actual.roles, policy.roles)
  )
}

/** What differs is within the reach of ALTER POLICY. */
export function canBeAltered(actual: PolicyState, policy: TenantPolicy): boolean {
  return (
    actual.command === policy.command &&
    actual.permissive === policy.permissive &&
    (actual.using === null) === (policy.using === undefined) &&
    (actual.check === null) === (policy.check === undefined)
  )
}

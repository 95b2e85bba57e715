import type { PolicyState } from '../catalog/policy-state.ts'
import type { TenantPolicy } from './tenant-policies.ts'

/** A policy of the database, and the wanted one of its name. */
export interface PolicyPair {
  readonly wanted: TenantPolicy
  readonly actual: PolicyState
}

export function findByName<T extends { readonly name: string }>(
  list: readonly T[],
  { name }: { readonly name: string },
): T | undefined {
  return list.find((entry) => entry.name === name)
}

/** The wanted policies that are in the database, whatever they say there. */
export function pairsOf(
  wanted: readonly TenantPolicy[],
  policies: readonly PolicyState[],
): PolicyPair[] {
  return wanted.flatMap((policy) => {
    const actual = findByName(policies, policy)
    return actual ? [{ wanted: policy, actual }] : []
  })
}

import type { PolicyState } from '../catalog/policy-state.ts'
import type { RelationState } from '../catalog/relation-state.ts'
import { canBeAltered, isEquivalent, isExact, isOurs } from '../policy/policy-match.ts'
import { findByName, type PolicyPair, pairsOf } from '../policy/policy-pair.ts'
import { tenantPolicies } from '../policy/tenant-policies.ts'
import type { TenantTable } from '../policy/tenant-table.ts'
import { identifier, qualifiedName } from '../sql/quote.ts'
import {
  adopt,
  alter,
  create,
  drop,
  type PolicyChange,
  replace,
  takeOver,
} from './policy-changes.ts'
import type { Step } from './step.ts'

/**
 * From the policies a table has to those it should have. Steps that close come before steps that open:
 * surplus permissive policies go and missing restrictive ones come first, surplus restrictive
 * policies go last. Undone in reverse, the same holds.
 */
export function planPolicies(
  table: TenantTable,
  { policies }: RelationState,
  takenOver: readonly string[] = [],
): Step[] {
  const wanted = tenantPolicies(table)
  const missing = wanted.filter((policy) => !findByName(policies, policy))
  const mayGo = (policy: PolicyState) =>
    isOurs(policy) || takenOver.includes(policyOn(table, policy))
  const surplus = policies.filter((policy) => mayGo(policy) && !findByName(wanted, policy))

  const changes = [
    ...surplus.filter(isPermissive).flatMap((policy) => drop(table, policy)),
    ...missing.filter(isRestrictive).flatMap((policy) => create(table, policy)),
    ...pairsOf(wanted, policies).flatMap((pair) => reconcile(table, pair, policies)),
    ...missing.filter(isPermissive).flatMap((policy) => create(table, policy)),
    ...surplus.filter(isRestrictive).flatMap((policy) => drop(table, policy)),
  ]
  const { schema, name } = table
  return changes.map((change) => ({ table: { schema, name }, ...change }))
}

/** Policies that have a name the tool needs, are not known to do the same, and do not carry its marker. */
export function policiesNotOurs(
  table: TenantTable,
  { policies }: RelationState,
  takenOver: readonly string[] = [],
): string[] {
  return pairsOf(tenantPolicies(table), policies)
    .filter((pair) => !isOurs(pair.actual) && !isEquivalent(pair))
    .map(({ actual }) => policyOn(table, actual))
    .filter((name) => !takenOver.includes(name))
}

/** As the SQL of a policy names it: `tenant_access on public.projects`. */
export function policyOn(table: TenantTable, { name }: { readonly name: string }): string {
  return `${identifier(name)} on ${qualifiedName(table)}`
}

function reconcile(
  table: TenantTable,
  pair: PolicyPair,
  policies: readonly PolicyState[],
): PolicyChange[] {
  const { actual } = pair
  if (!canBeAltered(pair)) return replace(table, pair, policies)
  const marks = isEquivalent(pair) ? adopt(table, actual) : takeOver(table, actual)
  return [
    ...(isExact(pair) ? [] : [alter(table, pair, policies)]),
    ...(isOurs(actual) ? [] : [marks]),
  ]
}

function isPermissive({ permissive }: { readonly permissive: boolean }): boolean {
  return permissive
}

function isRestrictive({ permissive }: { readonly permissive: boolean }): boolean {
  return !permissive
}

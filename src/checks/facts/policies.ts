import { inherits } from '../../catalog/inherits.ts'
import { isDistributed } from '../../catalog/is-distributed.ts'
import type { PolicyState } from '../../catalog/policy-state.ts'
import { difference, effectiveClauses } from '../../policy/compare-clauses.ts'
import { conjuncts } from '../../policy/conjuncts.ts'
import { isOwnRow } from '../../policy/current-tenant.ts'
import { isObserving } from '../../policy/observe.ts'
import { hasSameShape } from '../../policy/policy-match.ts'
import { findByName, type PolicyPair, pairsOf } from '../../policy/policy-pair.ts'
import { type TenantPolicy, tenantPolicies } from '../../policy/tenant-policies.ts'
import { literal } from '../../sql/literal.ts'
import type { TenantTableState } from '../../wanted/tenant-table-state.ts'
import type { CheckContext } from './context.ts'
import { seesEveryTenant } from './roles.ts'

/** The wanted policies that exist, by name. */
export function policyPairs({ table, relation }: TenantTableState): PolicyPair[] {
  return pairsOf(tenantPolicies(table), relation.policies)
}

export function missingPolicies({ table, relation }: TenantTableState): TenantPolicy[] {
  return tenantPolicies(table).filter((policy) => !findByName(relation.policies, policy))
}

/** The user's own policies: of another name than those of the tool. */
export function ownPolicies({ table, relation }: TenantTableState): PolicyState[] {
  const wanted = tenantPolicies(table)
  return relation.policies.filter((policy) => !findByName(wanted, policy) && !isObserving(policy))
}

/**
 * The permissive policies that users of `access: 'boundary'` write. On other tables each of them is a
 * finding as such: `policy-unexpected-permissive`, `policy-ignores-tenant-column`.
 */
export function boundaryPolicies(state: TenantTableState, context: CheckContext): PolicyState[] {
  if (state.table.access !== 'boundary') return []
  return ownPolicies(state).filter((p) => p.permissive && appliesToApp(p, context))
}

/** The table is only observed: that is one finding, `policy-observe-mode`, and not one for each missing part. */
export function isObserved({ relation }: TenantTableState): boolean {
  return relation.rlsEnabled && relation.policies.some(isObserving)
}

/** Some app role has the policy. Without app roles in the config, any role could be one. */
export function appliesToApp({ roles }: PolicyState, { snapshot, wanted }: CheckContext): boolean {
  if (roles.length === 0) return true
  if (wanted.appRoles.length === 0) return roles.some((role) => !seesEveryTenant(role, { wanted }))
  return wanted.appRoles.some((app) => roles.some((role) => inherits(snapshot, app, role)))
}

/** The setting that a policy reads where it should read that of the tenant, all else being equal. */
export function readsAnotherSetting(
  { wanted, actual }: PolicyPair,
  { table }: TenantTableState,
): string | undefined {
  const expected = wanted.using ?? wanted.check
  const text = effectiveClauses(actual)[0]?.text
  const setting = /current_setting\('((?:[^']|'')+)'::text/.exec(text ?? '')?.[1]
  if (!expected || !text || setting === undefined) return undefined

  const written = literal(table.setting).slice(1, -1)
  if (setting === written) return undefined
  const renamed = text.split(`'${setting}'`).join(`'${written}'`)
  return renamed === expected.deparsed ? setting : undefined
}

/**
 * Every restrictive policy exists, demands at least what it should, and binds every app role: then
 * no permissive policy lets a foreign row through.
 */
export function hasIntactFloor(state: TenantTableState, context: CheckContext): boolean {
  if (isDistributed(context.snapshot)) return false
  const restrictive = tenantPolicies(state.table).filter(({ permissive }) => !permissive)
  const intact = policyPairs(state).filter(
    (pair) =>
      !pair.wanted.permissive &&
      hasSameShape(pair) &&
      ['none', 'stricter'].includes(difference(pair, state.table)) &&
      bindsEveryAppRole(pair.actual, context),
  )
  return state.relation.rlsEnabled && intact.length === restrictive.length
}

/** Without app roles in the config, only a policy of `public` does. */
export function bindsEveryAppRole(
  { roles }: PolicyState,
  { snapshot, wanted }: CheckContext,
): boolean {
  if (roles.length === 0) return true
  return (
    wanted.appRoles.length > 0 &&
    wanted.appRoles.every((app) => roles.some((role) => inherits(snapshot, app, role)))
  )
}

/** Some clause never looks at the tenant column. A clause that is missing denies. */
export function ignoresTenant(policy: PolicyState, column: string): boolean {
  return effectiveClauses(policy).some(
    ({ text, columns }) => text !== null && text !== 'false' && !columns.includes(column),
  )
}

/** Every clause demands the own tenant, and may demand more. */
export function demandsOwnRow(policy: PolicyState, { table }: TenantTableState): boolean {
  const own = isOwnRow(table).deparsed
  return effectiveClauses(policy).every(
    ({ text }) => text === null || conjuncts(text).includes(own),
  )
}

/** The whole policy as text: a waiver of a finding about it ends when the text changes. */
export function policyText({ command, roles, using, check }: PolicyState): string {
  return JSON.stringify([command, roles, using, check])
}

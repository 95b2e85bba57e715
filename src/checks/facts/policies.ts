import { inherits } from '../../catalog/inherits.ts'
import type { PolicyState } from '../../catalog/policy-state.ts'
import { conjuncts } from '../../policy/conjuncts.ts'
import { isOwnRow } from '../../policy/current-tenant.ts'
import { isObserving } from '../../policy/observe.ts'
import { type TenantPolicy, tenantPolicies } from '../../policy/tenant-policies.ts'
import { literal } from '../../sql/literal.ts'
import type { CheckContext } from './context.ts'
import type { TenantTableState } from './tenant-tables.ts'

export interface PolicyPair {
  readonly wanted: TenantPolicy
  readonly actual: PolicyState
}

/** The wanted policies that exist, by name. */
export function policyPairs({ table, relation }: TenantTableState): PolicyPair[] {
  return tenantPolicies(table).flatMap((wanted) => {
    const actual = relation.policies.find(({ name }) => name === wanted.name)
    return actual ? [{ wanted, actual }] : []
  })
}

export function missingPolicies({ table, relation }: TenantTableState): TenantPolicy[] {
  return tenantPolicies(table).filter(
    ({ name }) => !relation.policies.some((policy) => policy.name === name),
  )
}

/** The user's own policies: of another name than those of the tool. */
export function ownPolicies({ table, relation }: TenantTableState): PolicyState[] {
  const names = new Set(tenantPolicies(table).map(({ name }) => name))
  return relation.policies.filter((policy) => !names.has(policy.name) && !isObserving(policy))
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
  if (wanted.appRoles.length === 0) return roles.some((role) => !wanted.adminRoles.includes(role))
  return wanted.appRoles.some((app) => roles.some((role) => inherits(snapshot, app, role)))
}

/** The clauses that take part in a command of the policy: WITH CHECK falls back to USING. */
export function effectiveClauses(policy: PolicyState): Clause[] {
  const { command, using, check, usingColumns, checkColumns } = policy
  const reading = { text: using, columns: usingColumns }
  const writing = check === null ? reading : { text: check, columns: checkColumns }
  const clauses = { select: [reading], delete: [reading], insert: [writing] }
  return command === 'all' || command === 'update' ? [reading, writing] : clauses[command]
}

interface Clause {
  readonly text: string | null
  readonly columns: readonly string[]
}

/**
 * How a policy differs from the wanted one of its name. `stricter`: the wanted condition, or that of
 * the own rows, and more. `ignores`: a clause does not look at the tenant column at all.
 */
export type Difference = 'none' | 'stricter' | 'ignores' | 'differs'

export function difference({ wanted, actual }: PolicyPair, state: TenantTableState): Difference {
  const texts = [wanted.using ?? wanted.check, wanted.check ?? wanted.using]
  const own = isOwnRow(state.table).deparsed
  const column = state.table.column
  const clauses = effectiveClauses({ ...actual, command: wanted.command })
  const verdicts = clauses.map((clause, index): Difference => {
    const expected = (clauses.length === 1 ? texts[0] : texts[index])?.deparsed
    if (clause.text === expected) return 'none'
    // No clause lets more through than `true` does.
    if (expected === 'true') return 'stricter'
    const parts = clause.text === null ? [] : conjuncts(clause.text)
    if (parts.some((part) => part === expected || part === own)) return 'stricter'
    return clause.columns.includes(column) ? 'differs' : 'ignores'
  })
  const ORDER: readonly Difference[] = ['ignores', 'differs', 'stricter']
  return ORDER.find((verdict) => verdicts.includes(verdict)) ?? 'none'
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

export function hasWantedShape({ wanted, actual }: PolicyPair): boolean {
  return actual.command === wanted.command && actual.permissive === wanted.permissive
}

/**
 * Every restrictive policy exists, demands at least what it should, and binds every app role: then
 * no permissive policy lets a foreign row through.
 */
export function hasIntactFloor(state: TenantTableState, context: CheckContext): boolean {
  const restrictive = tenantPolicies(state.table).filter(({ permissive }) => !permissive)
  const intact = policyPairs(state).filter(
    (pair) =>
      !pair.wanted.permissive &&
      hasWantedShape(pair) &&
      ['none', 'stricter'].includes(difference(pair, state)) &&
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

import type { PolicyState, RelationState } from '../catalog/snapshot.ts'
import { isObserving } from '../policy/observe.ts'
import { identifier, qualifiedName } from '../policy/quote.ts'
import {
  alterPolicy,
  createPolicy,
  dropPolicy,
  markPolicy,
  POLICY_MARKER,
  renamePolicy,
  type TenantPolicy,
  tenantPolicies,
} from '../policy/tenant-policies.ts'
import type { TenantTable } from '../policy/tenant-table.ts'
import type { Step } from './step.ts'

/** A step that does not say its table yet. */
type Change = Omit<Step, 'table'>

/**
 * From the policies a table has to those it should have. What closes comes before what opens:
 * surplus permissive policies go and missing restrictive ones come first, surplus restrictive
 * policies go last. Undone in reverse, the same holds.
 */
export function planPolicies(
  table: TenantTable,
  { policies }: RelationState,
  takenOver: readonly string[] = [],
): Step[] {
  const wanted = tenantPolicies(table)
  const missing = wanted.filter((policy) => !find(policies, policy))
  const mayGo = (policy: PolicyState) =>
    isOurs(policy) || takenOver.includes(policyOn(table, policy))
  const surplus = policies.filter((policy) => mayGo(policy) && !find(wanted, policy))

  const changes = [
    ...surplus.filter(isPermissive).flatMap((policy) => drop(table, policy)),
    ...missing.filter(isRestrictive).flatMap((policy) => create(table, policy)),
    ...wanted.flatMap((policy) => reconcile(table, policy, policies)),
    ...missing.filter(isPermissive).flatMap((policy) => create(table, policy)),
    ...surplus.filter(isRestrictive).flatMap((policy) => drop(table, policy)),
  ]
  const { schema, name } = table
  return changes.map((change) => ({ table: { schema, name }, ...change }))
}

/** Policies that have a name the tool needs, do something else, and do not carry its marker. */
export function policiesNotOurs(
  table: TenantTable,
  { policies }: RelationState,
  takenOver: readonly string[] = [],
): string[] {
  return tenantPolicies(table).flatMap((policy) => {
    const actual = find(policies, policy)
    if (!actual || isOurs(actual) || isSame(actual, policy)) return []
    const name = policyOn(table, policy)
    return takenOver.includes(name) ? [] : [name]
  })
}

/** As the SQL of a policy names it: `tenant_access on public.projects`. */
export function policyOn(table: TenantTable, { name }: { readonly name: string }): string {
  return `${identifier(name)} on ${qualifiedName(table)}`
}

function reconcile(
  table: TenantTable,
  policy: TenantPolicy,
  policies: readonly PolicyState[],
): Change[] {
  const actual = find(policies, policy)
  if (!actual) return []
  if (isSame(actual, policy)) return isOurs(actual) ? [] : [adopt(table, actual)]
  return canBeAltered(actual, policy)
    ? [alter(table, policy, actual), ...(isOurs(actual) ? [] : [takeOver(table, actual)])]
    : replace(table, policy, { actual, temporary: unusedName(`${policy.name}_new`, policies) })
}

function create(table: TenantTable, policy: TenantPolicy): Change[] {
  return [
    {
      why: policy.why,
      up: createPolicy(table, policy),
      down: [dropPolicy(table, policy.name)],
      lock: 'access exclusive',
    },
    mark(table, policy.name),
  ]
}

function mark(table: TenantTable, name: string): Change {
  return {
    why: 'Marks it as made by the tool, which alters and drops no other policy.',
    up: markPolicy(table, name, POLICY_MARKER),
    down: [],
    lock: 'access share',
  }
}

function adopt(table: TenantTable, { name, comment }: PolicyState): Change {
  return {
    ...mark(table, name),
    why: 'The policy is as it should be; the marker hands it over to kysely-tenants.',
    down: [markPolicy(table, name, comment)],
  }
}

function takeOver(table: TenantTable, actual: PolicyState): Change {
  return { ...adopt(table, actual), why: 'Marks it as one of the tool, as it was told to.' }
}

function drop(table: TenantTable, actual: PolicyState): Change[] {
  return [
    {
      why: 'The config does not ask for this policy.',
      up: dropPolicy(table, actual.name),
      down: recreate(table, actual),
      lock: 'access exclusive',
      hazard: actual.permissive
        ? 'What only this policy let through is refused from here on.'
        : 'What only this policy held back gets through from here on.',
    },
  ]
}

function alter(table: TenantTable, policy: TenantPolicy, actual: PolicyState): Change {
  return {
    why: `${policy.why} The roles or the expression differed.`,
    up: alterPolicy(table, policy),
    down: [alterPolicy(table, captured(actual))],
    lock: 'access exclusive',
    hazard: isObserving(actual)
      ? 'A statement without a tenant sees no rows from here on.'
      : 'Changes which rows a running application reaches.',
  }
}

// PostgreSQL alters neither the command nor the kind, and takes no clause away.
// https://www.postgresql.org/docs/current/sql-alterpolicy.html
function replace(
  table: TenantTable,
  policy: TenantPolicy,
  { actual, temporary }: { actual: PolicyState; temporary: string },
): Change[] {
  return [
    {
      why: `${policy.why} Under another name until the old policy is gone.`,
      up: createPolicy(table, { ...policy, name: temporary }),
      down: [dropPolicy(table, temporary)],
      lock: 'access exclusive',
    },
    mark(table, temporary),
    {
      why: 'The old policy differed in its command, its kind or its clauses.',
      up: dropPolicy(table, actual.name),
      down: recreate(table, actual),
      lock: 'access exclusive',
      hazard: 'Changes which rows a running application reaches.',
    },
    {
      why: 'The new policy takes the name of the old one.',
      up: renamePolicy(table, temporary, policy.name),
      down: [renamePolicy(table, policy.name, temporary)],
      lock: 'access exclusive',
    },
  ]
}

function recreate(table: TenantTable, actual: PolicyState): string[] {
  return [
    createPolicy(table, captured(actual)),
    ...(actual.comment === null ? [] : [markPolicy(table, actual.name, actual.comment)]),
  ]
}

/** The policy that was found, written as PostgreSQL deparses it. */
function captured({ using, check, ...policy }: PolicyState): TenantPolicy {
  return {
    ...policy,
    using: using === null ? undefined : { sql: using, deparsed: using },
    check: check === null ? undefined : { sql: check, deparsed: check },
    why: 'As it was found.',
  }
}

function find<T extends { readonly name: string }>(
  list: readonly T[],
  { name }: { readonly name: string },
): T | undefined {
  return list.find((entry) => entry.name === name)
}

function isOurs({ comment }: PolicyState): boolean {
  return comment === POLICY_MARKER
}

function isPermissive({ permissive }: { readonly permissive: boolean }): boolean {
  return permissive
}

function isRestrictive({ permissive }: { readonly permissive: boolean }): boolean {
  return !permissive
}

function isSame(actual: PolicyState, policy: TenantPolicy): boolean {
  return (
    canBeAltered(actual, policy) &&
    actual.using === (policy.using?.deparsed ?? null) &&
    actual.check === (policy.check?.deparsed ?? null) &&
    isSameSet(actual.roles, policy.roles)
  )
}

function canBeAltered(actual: PolicyState, policy: TenantPolicy): boolean {
  return (
    actual.command === policy.command &&
    actual.permissive === policy.permissive &&
    (actual.using === null) === (policy.using === undefined) &&
    (actual.check === null) === (policy.check === undefined)
  )
}

function isSameSet(some: readonly string[], others: readonly string[]): boolean {
  const [a, b] = [new Set(some), new Set(others)]
  return a.size === b.size && [...a].every((entry) => b.has(entry))
}

function unusedName(name: string, policies: readonly PolicyState[]): string {
  return find(policies, { name }) ? unusedName(`${name}_`, policies) : name
}

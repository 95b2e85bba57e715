import { inherits } from '../catalog/inherits.ts'
import type { PolicyState } from '../catalog/policy-state.ts'
import type { Snapshot } from '../catalog/snapshot.ts'
import type { Clause } from '../catalog/truth-table.ts'
import { isOwnRow } from '../policy/current-tenant.ts'
import { hasSameShape } from '../policy/policy-match.ts'
import { pairsOf } from '../policy/policy-pair.ts'
import { type TenantPolicy, tenantPolicies } from '../policy/tenant-policies.ts'
import type { TenantTable } from '../policy/tenant-table.ts'
import type { TenantTableState } from '../wanted/tenant-table-state.ts'
import { type Bounds, exactly, opaque, open } from './bounds.ts'
import { type Applied, CLAUSES, clauseOf, combine } from './combine-policies.ts'
import { namesItsSettings } from './condition-text.ts'
import type { ConditionParts } from './read-condition-parts.ts'
import type { Samples } from './samples.ts'

/** A condition of the database beside the one that is wanted in its place. */
export interface ComparedCondition {
  readonly policy: string | null
  readonly role: string | null
  readonly clause: Clause
  readonly actual: Bounds
  readonly wanted: string
}

/** The conditions to compare: for each role all policies together, and each policy that changed alone. */
export function comparedConditions(
  { table, relation }: TenantTableState,
  snapshot: Snapshot,
  { conditionParts, samples }: { conditionParts: readonly ConditionParts[]; samples: Samples },
): ComparedCondition[] {
  const wanted = tenantPolicies(table)
  const bounds = new Map(
    relation.policies.map((policy) => {
      const parts = conditionParts.find((one) => one.policy === policy.name)
      return [policy, boundsOf(policy, { table, wanted, parts, samples })] as const
    }),
  )
  const applied = (policy: PolicyState): Applied => bounds.get(policy) ?? { ...policy, ...NEITHER }

  const all = rolesOfAllRows(table)
  const roles = [...table.appRoles, ...all]
  return [
    ...(roles.length > 0 ? roles : [null]).flatMap((role) =>
      CLAUSES.map((source): ComparedCondition => {
        const binds = bindsRole(role, table, snapshot)
        const isOpen = table.access === 'boundary' && !all.includes(role ?? '')
        return {
          policy: null,
          role,
          clause: source.clause,
          actual: combine(relation.policies.filter(binds).map(applied), source),
          wanted: combine(
            [...wanted.filter(binds).map(appliedAsWanted), ...(isOpen ? [EVERYTHING] : [])],
            source,
          ).lower,
        }
      }),
    ),
    ...pairsOf(wanted, relation.policies)
      .filter(hasSameShape)
      .flatMap((pair) => alone(pair.wanted, applied(pair.actual))),
  ]
}

/** The policies of a boundary are the user's: they may let every row through, up to the floor. */
const EVERYTHING: Applied = {
  command: 'all',
  permissive: true,
  using: exactly('true'),
  check: null,
}

const NEITHER = { using: null, check: null }

function alone(wanted: TenantPolicy, actual: Applied): ComparedCondition[] {
  return CLAUSES.filter(({ command }) =>
    wanted.command === 'all' ? ['select', 'insert'].includes(command) : command === wanted.command,
  ).flatMap(({ clause, of }) => {
    const expected = clauseOf(appliedAsWanted(wanted), of)
    const found = clauseOf(actual, of)
    if (expected === null) return []
    return {
      policy: wanted.name,
      role: null,
      clause,
      // Without the clause a restrictive policy refuses no row, and a permissive one lets none through.
      actual: found ?? exactly(String(!wanted.permissive)),
      wanted: expected.lower,
    }
  })
}

function appliedAsWanted({ command, permissive, using, check }: TenantPolicy): Applied {
  return {
    command,
    permissive,
    using: using ? exactly(using.deparsed) : null,
    check: check ? exactly(check.deparsed) : null,
  }
}

/** Those with a policy of the config that shows them every tenant. */
function rolesOfAllRows({ adminRoles, ownerRoles = [] }: TenantTable): readonly string[] {
  return [...adminRoles, ...ownerRoles]
}

interface Roles {
  readonly roles: readonly string[]
  readonly permissive: boolean
}

// Without app roles in the config any role could be one: every permissive policy may let it in, and only
// the restrictive ones for `public` bind it.
function bindsRole(role: string | null, table: TenantTable, snapshot: Snapshot) {
  const all = rolesOfAllRows(table)
  return ({ roles, permissive }: Roles): boolean => {
    if (roles.length === 0) return true
    if (role === null) return permissive && roles.some((name) => !all.includes(name))
    return roles.some((name) => inherits(snapshot, role, name))
  }
}

interface Known {
  readonly table: TenantTable
  readonly wanted: readonly TenantPolicy[]
  readonly parts: ConditionParts | undefined
  readonly samples: Samples
}

function boundsOf(policy: PolicyState, known: Known): Applied {
  const { command, permissive, using, check, usingColumns, checkColumns } = policy
  const bounds = (text: string | null, columns: readonly string[]) =>
    text === null ? null : boundsOfClause(policy.name, { text, columns }, known)
  return {
    command,
    permissive,
    using: bounds(using, usingColumns),
    check: bounds(check, checkColumns),
  }
}

function boundsOfClause(
  name: string,
  { text, columns }: { text: string; columns: readonly string[] },
  { table, wanted, parts, samples }: Known,
): Bounds {
  const known = [
    isOwnRow(table).deparsed,
    ...wanted.flatMap(({ using, check }) => [using, check].flatMap((e) => e?.deparsed ?? [])),
  ]
  if (known.includes(text)) return exactly(text)
  const doubts = (reasons: readonly string[]) => reasons.map((reason) => `policy ${name} ${reason}`)

  const hidden = [
    ...(parts ? parts.opaque : ['was not there when the others were read']),
    ...columns
      .filter((column) => samples.rows.untried.includes(column))
      .map((column) => `reads ${column}, of which no value can be tried`),
    ...(namesItsSettings(text) ? [] : ['reads a setting that is not one of the application']),
  ]
  if (hidden.length > 0) return opaque(text, known, doubts(hidden))

  const reasons = [
    ...(parts?.open ?? []),
    // The meaning of a backslash depends on `standard_conforming_strings`.
    ...(text.includes('\\') ? ['holds a backslash'] : []),
    ...columns
      .filter((column) => samples.rows.open.includes(column))
      .map((column) => `reads ${column}, of which not every value can be tried`),
    ...samples.limits,
  ]
  return reasons.length > 0 ? open(text, known, doubts(reasons)) : exactly(text)
}

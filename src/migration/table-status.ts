import { relationOf } from '../catalog/find-relation.ts'
import { isTable, type RelationState } from '../catalog/relation-state.ts'
import type { Snapshot } from '../catalog/snapshot.ts'
import { isOurs } from '../policy/policy-match.ts'
import { pairsOf } from '../policy/policy-pair.ts'
import { tenantPolicies } from '../policy/tenant-policies.ts'
import type { TenantTable } from '../policy/tenant-table.ts'
import { identifier, qualifiedName } from '../sql/quote.ts'
import type { TableName } from '../sql/table-name.ts'
import { grouped } from '../util/grouped.ts'
import { blindCode, type OwnerCode } from '../wanted/owner-code.ts'
import { type UnlistedTable, unlistedTables } from '../wanted/unlisted-tables.ts'
import type { MissingColumn, TenantFill, Wanted } from '../wanted/wanted.ts'
import type { PartChange } from './part-change.ts'
import { plan } from './plan.ts'
import { planLookups } from './plan-lookups.ts'
import { planParts } from './plan-parts.ts'
import { policiesNotOurs } from './plan-policies.ts'

export interface Status {
  readonly database: string
  readonly serverVersion: number
  readonly tables: readonly TableStatus[]
  /** Views that are to read as their caller. */
  readonly views: readonly ViewStatus[]
  /** Lookups whose function is missing, changed, or asked for no longer; absent: there are none. */
  readonly lookups?: readonly LookupStatus[]
  /** Tables that have a tenant column and that the config does not mention. */
  readonly unlisted: readonly UnlistedStatus[]
  /** Privileges without which a role of the config cannot use its tables; absent: it has them all. */
  readonly privileges?: readonly MissingPrivilege[]
  /** Code and logins that see no row of these tables; absent: none is known. */
  readonly blind?: readonly OwnerCode[]
}

export interface TableStatus extends TableName {
  readonly column: string
  /** As PostgreSQL writes it; null when the table has no such column. */
  readonly type: string | null
  readonly policies: { readonly wanted: number; readonly present: number }
  readonly rlsEnabled: boolean
  readonly rlsForced: boolean
  /** The steps of the next migration, a sentence each. */
  readonly drift: readonly string[]
  /** Problems that only the user can resolve; until then no migration is written for the table. */
  readonly blockers: readonly string[]
}

export interface ViewStatus extends TableName {
  readonly drift: readonly string[]
}

export interface MissingPrivilege extends TableName {
  readonly problem: string
}

/** The name is that of the function. */
export interface LookupStatus extends TableName {
  readonly drift: readonly string[]
}

export interface UnlistedStatus extends TableName {
  readonly column: string
}

/** Pure: says for every table what the plan of `migrate:rls` says. */
export function tableStatus(wanted: Wanted, snapshot: Snapshot): Status {
  const { database, serverVersion } = snapshot
  // Foreign keys are a matter of two tables: they are planned for all of them together.
  const changes = planParts(wanted, snapshot)
  const blind = blindCode(wanted, snapshot)
  const lookups = planLookups(wanted, snapshot).map(({ schema, name, steps }) => ({
    schema,
    name,
    drift: steps.map(({ why }) => why),
  }))
  const privileges = changes.flatMap(({ table, problem, isNeeded }) =>
    isNeeded ? [{ ...table, problem }] : [],
  )
  const catalog: Catalog = {
    wanted,
    snapshot,
    changes: grouped(changes, ({ table }) => qualifiedName(table)),
    fills: grouped(wanted.fills, ({ tables: [root] }) => (root ? qualifiedName(root) : '')),
  }
  return {
    database,
    serverVersion,
    tables: [
      ...wanted.withoutColumn.map((table) => withoutColumn(table, catalog)),
      ...wanted.tables.map((table) => withColumn(table, catalog)),
    ],
    views: changes.flatMap(({ part, table, steps: { privileges = [] } }) =>
      part === 'views' && wanted.parts.includes(part) && privileges.length > 0
        ? [{ ...table, drift: privileges.map(({ why }) => why) }]
        : [],
    ),
    ...(lookups.length > 0 && { lookups }),
    unlisted: unlistedTables(wanted, snapshot).flatMap(withTenantColumn),
    ...(privileges.length > 0 && { privileges }),
    ...(blind.length > 0 && { blind }),
  }
}

interface Catalog {
  readonly wanted: Wanted
  readonly snapshot: Snapshot
  /** By the name of the table, because there may be thousands. */
  readonly changes: ReadonlyMap<string, readonly PartChange[]>
  readonly fills: ReadonlyMap<string, readonly TenantFill[]>
}

export function isInPlace({ tables, views, lookups = [], unlisted }: Status): boolean {
  return (
    lookups.length === 0 &&
    unlisted.length === 0 &&
    views.length === 0 &&
    tables.every(({ drift, blockers }) => drift.length === 0 && blockers.length === 0)
  )
}

function withColumn(table: TenantTable, catalog: Catalog): TableStatus {
  const { wanted, snapshot } = catalog
  const relation = relationOf(table, snapshot)
  const policies = tenantPolicies(table)
  const present = pairsOf(policies, relation.policies).filter(({ actual }) => isOurs(actual))
  const foreign = policiesNotOurs(table, relation)
  // The plan refuses a whole database for one table; here each table speaks for itself.
  const { fills, changes } = workOn(table, catalog)
  const only = { ...wanted, tables: [table], withoutColumn: [], fills }
  const phases = foreign.length > 0 ? [] : plan(only, snapshot, changes, [])
  return {
    ...state(table, relation),
    policies: { wanted: policies.length, present: present.length },
    drift: phases.flatMap(({ steps }) => steps.map(({ why }) => why)),
    blockers: foreign.map((policy) => `policy ${policy} was not made by kysely-tenants`),
  }
}

function withoutColumn(table: MissingColumn, catalog: Catalog): TableStatus {
  const { wanted, snapshot } = catalog
  const { fills, changes } = workOn(table, catalog)
  const [root] = fills.flatMap(({ tables }) => tables)
  const problem = `${qualifiedName(table)} has no column ${identifier(table.column)}`
  const only = { ...wanted, tables: [], withoutColumn: [], fills }
  const phases = root ? plan(only, snapshot, changes, []) : []
  return {
    ...state(table, relationOf(table, snapshot)),
    policies: { wanted: root ? tenantPolicies(root).length : 0, present: 0 },
    drift: phases.flatMap(({ steps }) => steps.map(({ why }) => why)),
    blockers: root ? [] : [table.reason ? `${problem}: ${table.reason}` : problem],
  }
}

function workOn(table: TableName, { fills, changes }: Catalog) {
  const name = qualifiedName(table)
  return { fills: fills.get(name) ?? [], changes: changes.get(name) ?? [] }
}

function state(
  { schema, name, column }: TableName & { readonly column: string },
  { columns, rlsEnabled, rlsForced }: RelationState,
): Omit<TableStatus, 'policies' | 'drift' | 'blockers'> {
  const type = columns.find((candidate) => candidate.name === column)?.type ?? null
  return { schema, name, column, type, rlsEnabled, rlsForced }
}

function withTenantColumn({ relation, tenantColumn }: UnlistedTable): UnlistedStatus[] {
  const { schema, name } = relation
  // Foreign tables have no row security: the audit judges them.
  if (!tenantColumn || !isTable(relation)) return []
  return [{ schema, name, column: tenantColumn.name }]
}

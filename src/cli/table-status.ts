import type { RelationState } from '../catalog/relation-state.ts'
import type { Snapshot } from '../catalog/snapshot.ts'
import type { Change } from '../migration/change.ts'
import { plan } from '../migration/plan.ts'
import { planParts } from '../migration/plan-parts.ts'
import { policiesNotOurs } from '../migration/plan-policies.ts'
import { identifier, qualifiedName } from '../policy/quote.ts'
import { POLICY_MARKER, tenantPolicies } from '../policy/tenant-policies.ts'
import type { TenantTable } from '../policy/tenant-table.ts'
import type { TableName } from '../table-name.ts'
import type { Adoption, MissingColumn, Wanted } from '../wanted/wanted.ts'

export interface Status {
  readonly database: string
  readonly serverVersion: number
  readonly tables: readonly TableStatus[]
  /** Views that are to read as their caller. */
  readonly views: readonly ViewStatus[]
  /** Tables that have a tenant column and that the config does not mention. */
  readonly unlisted: readonly UnlistedTable[]
}

export interface TableStatus extends TableName {
  readonly column: string
  /** As PostgreSQL writes it; null when the table has no such column. */
  readonly type: string | null
  readonly policies: { readonly wanted: number; readonly present: number }
  readonly rlsEnabled: boolean
  readonly rlsForced: boolean
  /** What a migration still has to do, a sentence a step. */
  readonly drift: readonly string[]
  /** What only the user can resolve; until then no migration is written for the table. */
  readonly blockers: readonly string[]
}

export interface ViewStatus extends TableName {
  readonly drift: readonly string[]
}

export interface UnlistedTable extends TableName {
  readonly column: string
}

/** Pure: says for every table what the plan of `migrate:rls` says. */
export function tableStatus(wanted: Wanted, snapshot: Snapshot): Status {
  const { database, serverVersion } = snapshot
  // Foreign keys are a matter of two tables: they are planned for all of them together.
  const changes = planParts(wanted, snapshot)
  const byTable = new Map<string, Change[]>()
  for (const change of changes) {
    const name = qualifiedName(change.table)
    byTable.set(name, [...(byTable.get(name) ?? []), change])
  }
  const changesOf = (table: TableName) => byTable.get(qualifiedName(table)) ?? []
  return {
    database,
    serverVersion,
    tables: [
      ...wanted.withoutColumn.map((table) =>
        withoutColumn(table, { wanted, snapshot, changes: changesOf(table) }),
      ),
      ...wanted.tables.map((table) =>
        withColumn(table, { wanted, snapshot, changes: changesOf(table) }),
      ),
    ],
    views: changes.flatMap(({ part, table, steps: { privileges = [] } }) =>
      part === 'views' && wanted.parts.includes(part) && privileges.length > 0
        ? [{ ...table, drift: privileges.map(({ why }) => why) }]
        : [],
    ),
    unlisted: unlisted(wanted, snapshot),
  }
}

interface Catalog {
  readonly wanted: Wanted
  readonly snapshot: Snapshot
  readonly changes: readonly Change[]
}

export function isInPlace({ tables, views, unlisted }: Status): boolean {
  return (
    unlisted.length === 0 &&
    views.length === 0 &&
    tables.every(({ drift, blockers }) => drift.length === 0 && blockers.length === 0)
  )
}

function withColumn(table: TenantTable, { wanted, snapshot, changes }: Catalog): TableStatus {
  const relation = find(table, snapshot)
  const policies = tenantPolicies(table)
  const present = policies.filter(({ name }) =>
    relation.policies.some((policy) => policy.name === name && policy.comment === POLICY_MARKER),
  )
  const foreign = policiesNotOurs(table, relation)
  // The plan refuses a whole database for one table; here each table speaks for itself.
  const only = { tables: [table], withoutColumn: [], adoptions: adoptionsOf(table, wanted) }
  const phases = foreign.length > 0 ? [] : plan({ ...wanted, ...only }, snapshot, changes)
  return {
    ...state(table, relation),
    policies: { wanted: policies.length, present: present.length },
    drift: phases.flatMap(({ steps }) => steps.map(({ why }) => why)),
    blockers: foreign.map((policy) => `policy ${policy} was not made by kysely-tenants`),
  }
}

function withoutColumn(table: MissingColumn, { wanted, snapshot, changes }: Catalog): TableStatus {
  const adoptions = adoptionsOf(table, wanted)
  const [root] = adoptions.flatMap(({ tables }) => tables)
  const problem = `${qualifiedName(table)} has no column ${identifier(table.column)}`
  const only = { tables: [], withoutColumn: [], adoptions }
  const phases = root ? plan({ ...wanted, ...only }, snapshot, changes) : []
  return {
    ...state(table, find(table, snapshot)),
    policies: { wanted: root ? tenantPolicies(root).length : 0, present: 0 },
    drift: phases.flatMap(({ steps }) => steps.map(({ why }) => why)),
    blockers: root ? [] : [table.reason ? `${problem}: ${table.reason}` : problem],
  }
}

function adoptionsOf({ schema, name }: TableName, { adoptions }: Wanted): Adoption[] {
  return adoptions.filter(({ tables: [root] }) => root?.schema === schema && root.name === name)
}

function state(
  { schema, name, column }: TableName & { readonly column: string },
  { columns, rlsEnabled, rlsForced }: RelationState,
): Omit<TableStatus, 'policies' | 'drift' | 'blockers'> {
  const type = columns.find((candidate) => candidate.name === column)?.type ?? null
  return { schema, name, column, type, rlsEnabled, rlsForced }
}

function unlisted(wanted: Wanted, snapshot: Snapshot): UnlistedTable[] {
  const columns = new Set([...wanted.tables, ...wanted.withoutColumn].map(({ column }) => column))
  const listed = [...wanted.tables, ...wanted.withoutColumn, ...wanted.global]

  return snapshot.relations.flatMap(({ schema, name, kind, inExtension, columns: own }) => {
    const isTable = kind === 'table' || kind === 'partitioned table'
    const column = own.find((candidate) => columns.has(candidate.name))
    if (!isTable || inExtension || !column) return []
    if (listed.some((table) => table.schema === schema && table.name === name)) return []
    return [{ schema, name, column: column.name }]
  })
}

function find({ schema, name }: TableName, { relations }: Snapshot): RelationState {
  const relation = relations.find(
    (candidate) => candidate.schema === schema && candidate.name === name,
  )
  if (!relation) throw new Error(`${schema}.${name} is wanted and not in the snapshot`)
  return relation
}

import type { RelationState } from '../../catalog/snapshot.ts'
import { qualifiedName } from '../../policy/quote.ts'
import type { TenantTable } from '../../policy/tenant-table.ts'
import type { TableName } from '../../table-name.ts'
import type { CheckContext } from '../check.ts'

export interface TenantTableState {
  readonly table: TenantTable
  readonly relation: RelationState
  /** A partition or an inheritance child of another tenant table. */
  readonly isChild: boolean
}

/** The tenant tables that have their tenant column, as they are wanted and as they are. */
export function tenantTables({ snapshot, wanted }: CheckContext): TenantTableState[] {
  const relations = new Map(snapshot.relations.map((r) => [qualifiedName(r), r]))
  const listed = new Set(wanted.tables.map(qualifiedName))

  return wanted.tables.flatMap((table) => {
    const relation = relations.get(qualifiedName(table))
    if (!relation) return []
    const isChild = relation.parents.some((parent) => listed.has(qualifiedName(parent)))
    return [{ table, relation, isChild }]
  })
}

/** Tables that the config says nothing about. Members of extensions are not the user's to list. */
export function unlistedTables({ snapshot, wanted }: CheckContext): RelationState[] {
  const listed = new Set(
    [...wanted.tables, ...wanted.withoutColumn, ...wanted.global].map(qualifiedName),
  )
  return snapshot.relations.filter(
    (relation) =>
      ['table', 'partitioned table', 'foreign table'].includes(relation.kind) &&
      !relation.isPartition &&
      !relation.inExtension &&
      !listed.has(qualifiedName(relation)),
  )
}

/**
 * What tenant columns are called here. The table of the tenants itself is left out: the column by
 * which it is listed is its key, and other tables have an `id` too.
 */
export function tenantColumnNames(context: CheckContext): Set<string> {
  const names = tenantTables(context)
    .filter(
      ({ table, relation }) =>
        !relation.indexes.some(
          ({ isPrimary, columns }) =>
            isPrimary && columns.length === 1 && columns[0] === table.column,
        ),
    )
    .map(({ table }) => table.column)
  return new Set([...names, ...context.wanted.withoutColumn.map(({ column }) => column)])
}

export function isSameTable(a: TableName, b: TableName): boolean {
  return a.schema === b.schema && a.name === b.name
}

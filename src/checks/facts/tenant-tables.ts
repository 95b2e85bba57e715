import { findRelation } from '../../catalog/find-relation.ts'
import { isTable, type RelationState } from '../../catalog/relation-state.ts'
import type { TenantTable } from '../../policy/tenant-table.ts'
import { qualifiedName } from '../../sql/quote.ts'
import type { CheckContext } from './context.ts'
import { once } from './once.ts'

type Fact<T> = (context: CheckContext) => T

export interface TenantTableState {
  readonly table: TenantTable
  readonly relation: RelationState
  /** A partition or an inheritance child of another tenant table. */
  readonly isChild: boolean
}

/** The tenant tables that have their tenant column, as they are wanted and as they are. */
export const tenantTables: Fact<readonly TenantTableState[]> = once((context) => {
  const { snapshot, wanted } = context
  const listed = new Set(wanted.tables.map(qualifiedName))

  return wanted.tables.flatMap((table) => {
    const relation = findRelation(table, snapshot)
    if (!relation) return []
    const isChild = relation.parents.some((parent) => listed.has(qualifiedName(parent)))
    return [{ table, relation, isChild }]
  })
})

/** The same by the qualified name. */
export const tenantTablesByName: Fact<ReadonlyMap<string, TenantTableState>> = once(
  (context) => new Map(tenantTables(context).map((s) => [qualifiedName(s.relation), s])),
)

/** Tables that the config does not mention. Members of extensions need not be listed. */
export function unlistedTables({ snapshot, wanted }: CheckContext): RelationState[] {
  const listed = new Set(
    [...wanted.tables, ...wanted.withoutColumn, ...wanted.global].map(qualifiedName),
  )
  return snapshot.relations.filter(
    (relation) =>
      (isTable(relation) || relation.kind === 'foreign table') &&
      !relation.isPartition &&
      !relation.inExtension &&
      !listed.has(qualifiedName(relation)),
  )
}

/**
 * The names of the tenant columns. The table of the tenants itself is left out: the column by
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

import { childrenOf, findRelation } from '../catalog/find-relation.ts'
import { type ColumnState, isTable, type RelationState } from '../catalog/relation-state.ts'
import type { Snapshot } from '../catalog/snapshot.ts'
import { isBookkeeping } from '../config/bookkeeping-tables.ts'
import { qualifiedName } from '../sql/quote.ts'
import type { TableName } from '../sql/table-name.ts'
import { tenantColumnFinder } from './tenant-column-names.ts'
import type { Wanted } from './wanted.ts'

/** A table that the config does not mention. */
export interface UnlistedTable {
  readonly relation: RelationState
  readonly tenantColumn: ColumnState | undefined
}

/**
 * The tables that are neither listed nor global. Partitions and inheritance children go with their
 * parents, the records of migration tools and members of extensions with what made them. A child with
 * a tenant column of its own is no part of a global parent.
 */
export function unlistedTables(
  wanted: Pick<Wanted, 'tables' | 'withoutColumn' | 'column' | 'global'>,
  snapshot: Snapshot,
): UnlistedTable[] {
  const known = withDescendants([...wanted.tables, ...wanted.withoutColumn], snapshot)
  const global = withDescendants(wanted.global, snapshot)
  const named = new Set(wanted.global.map(qualifiedName))
  const tenantColumn = tenantColumnFinder(wanted, snapshot)
  return snapshot.relations.flatMap((relation) => {
    const name = qualifiedName(relation)
    if (!isTable(relation) && relation.kind !== 'foreign table') return []
    if (relation.isPartition || relation.inExtension) return []
    if (known.has(name) || named.has(name) || isBookkeeping(relation)) return []
    const column = tenantColumn(relation)
    const isPart = global.has(name) && relation.parents.every((p) => global.has(qualifiedName(p)))
    if (isPart && !(column && isOwn(column, relation, snapshot))) return []
    return [{ relation, tenantColumn: column }]
  })
}

/** No parent has it. */
function isOwn({ name }: ColumnState, { parents }: RelationState, snapshot: Snapshot): boolean {
  return !parents.some((parent) =>
    findRelation(parent, snapshot)?.columns.some((column) => column.name === name),
  )
}

function withDescendants(tables: readonly TableName[], snapshot: Snapshot): ReadonlySet<string> {
  const names = new Set<string>()
  const visit = (table: TableName) => {
    names.add(qualifiedName(table))
    for (const child of childrenOf(table, snapshot)) visit(child)
  }
  for (const table of tables) visit(table)
  return names
}

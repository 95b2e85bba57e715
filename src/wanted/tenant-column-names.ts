import { findRelation } from '../catalog/find-relation.ts'
import type { RelationState } from '../catalog/relation-state.ts'
import type { Snapshot } from '../catalog/snapshot.ts'
import { isSameTable, type TableName } from '../sql/table-name.ts'
import type { Wanted } from './wanted.ts'

/** `tenant_id`, `tenantId` and `TenantID` are one name, in whatever style a table is written. */
export function normalizedName(name: string): string {
  return name.toLowerCase().replaceAll('_', '')
}

/** In every table these name the row itself, never the tenant of the row. */
const OWN_KEYS = ['id', 'uuid', 'guid']

/** @param name as {@link normalizedName} writes it */
export function isOwnKeyName(name: string): boolean {
  return OWN_KEYS.includes(name)
}

type Names = Pick<Wanted, 'tables' | 'withoutColumn' | 'column'>

/**
 * Finds the column of a table that is called like the tenant columns of the listed tables. The key of
 * the tenants table gives no name: other tables have an `id` too.
 */
export function tenantColumnFinder(
  wanted: Names,
  snapshot: Snapshot,
): <C extends { readonly name: string }>(relation: {
  readonly columns: readonly C[]
}) => C | undefined {
  const names = tenantColumnNames(wanted, snapshot)
  return ({ columns }) => columns.find(({ name }) => names.has(normalizedName(name)))
}

/** The relations with a row for each tenant: the listed table of the tenants, and its children. */
export function tenantsRelations(
  wanted: Pick<Names, 'tables' | 'column'>,
  snapshot: Snapshot,
): readonly RelationState[] {
  const tables = tenantsTables(listedColumns(wanted, snapshot), wanted.column)
  return tables.map(({ relation }) => relation)
}

function tenantColumnNames(wanted: Names, snapshot: Snapshot): ReadonlySet<string> {
  const listed = listedColumns(wanted, snapshot)
  const keys = tenantsTables(listed, wanted.column)
  const others = listed.filter((table) => !keys.includes(table))
  // With other tables listed, a name that only the tenants table has is that of its key.
  const isKey = others.length > 0 && keys.some(({ column }) => column === wanted.column)
  const usual = isKey ? [] : [wanted.column]
  const names = [
    ...usual,
    ...others.map(({ column }) => column),
    ...wanted.withoutColumn.map(({ column }) => column),
  ]
  return new Set(names.map(normalizedName).filter((name) => !isOwnKeyName(name)))
}

interface ListedColumn {
  readonly relation: RelationState
  readonly column: string
}

function listedColumns({ tables }: Pick<Names, 'tables'>, snapshot: Snapshot): ListedColumn[] {
  return tables.flatMap((table) => {
    const relation = findRelation(table, snapshot)
    return relation ? [{ relation, column: table.column }] : []
  })
}

function tenantsTables(listed: readonly ListedColumn[], usual: string): ListedColumn[] {
  const keys = listed.filter((table) => isTenantsTable(table, listed, usual))
  return listed.filter((table) => keys.includes(table) || inheritsFrom(table, keys))
}

/** The tenant column is the key of the row, or the target of a tenant column of another name. */
function isTenantsTable(
  table: ListedColumn,
  listed: readonly ListedColumn[],
  usual: string,
): boolean {
  const { relation, column } = table
  const leadsAway = relation.foreignKeys.some(
    (key) => key.columns.includes(column) && !isSameTable(key.references, relation),
  )
  if (leadsAway) return false
  const isKey = relation.indexes.some(
    ({ isPrimary, isUnique, columns, predicate }) =>
      (isPrimary || (isUnique && predicate === null && column !== usual)) &&
      columns.length === 1 &&
      columns[0] === column,
  )
  return isKey || listed.some((other) => refersByAnotherName(other, table))
}

function refersByAnotherName(from: ListedColumn, to: ListedColumn): boolean {
  return (
    normalizedName(from.column) !== normalizedName(to.column) &&
    from.relation.foreignKeys.some(
      ({ columns, references, referencedColumns }) =>
        isSameTable(references, to.relation) &&
        columns.some(
          (column, index) => column === from.column && referencedColumns[index] === to.column,
        ),
    )
  )
}

/** A partition or an inheritance child has the column of its parent, and not always its key. */
function inheritsFrom({ relation, column }: ListedColumn, keys: readonly ListedColumn[]): boolean {
  const isParent = (parent: TableName) =>
    keys.some((key) => key.column === column && isSameTable(key.relation, parent))
  return relation.parents.some(isParent)
}

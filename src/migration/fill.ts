import { columnUsers } from '../catalog/column-users.ts'
import { descendantsOf, relationOf, rowsOf } from '../catalog/find-relation.ts'
import type { RelationState } from '../catalog/relation-state.ts'
import type { Snapshot } from '../catalog/snapshot.ts'
import type { TenantType } from '../config/tenant-setting.ts'
import { backfillRefused } from '../errors/command/backfill.ts'
import type { TenantTable } from '../policy/tenant-table.ts'
import { identifier, qualifiedName } from '../sql/quote.ts'
import { isSameTable, type TableName, type TableReference } from '../sql/table-name.ts'
import type { TenantSource } from '../wanted/tenant-source.ts'
import type { TenantFill, Wanted } from '../wanted/wanted.ts'

/** A table whose rows are to get their tenants. */
export interface Fill {
  /** With rows of its own: a partition or an inheritance child, and not the root. */
  readonly table: TenantTable
  readonly source: TenantSource
  /** For `from`: the rows that the foreign key means; undefined when all get the same tenant. */
  readonly parentRows: string | undefined
  /** The order in which its rows are visited; the place of the row when there is no usable key. */
  readonly key: readonly KeyColumn[] | 'place'
}

export interface KeyColumn {
  readonly name: string
  /** As `format_type` writes it. */
  readonly type: string
}

/**
 * Plans the work of `backfill`, parents first.
 *
 * @param only the tables that were asked for; none: every one whose source is known
 * @throws `BACKFILL.REFUSED` with everything that is in the way: half a plan is none
 */
export function planFills(
  wanted: Wanted,
  snapshot: Snapshot,
  only: readonly TableReference[],
): Fill[] {
  const named = only.map((reference) => findTable(reference, wanted))
  const found = named.filter((asked) => typeof asked === 'object')
  const asked = new Set(
    found.flatMap((table) => [table, ...descendantsOf(table, snapshot)]).map(qualifiedName),
  )
  const isAsked = (table: TableName) => only.length === 0 || asked.has(qualifiedName(table))
  const fills = wanted.fills.filter(({ tables }) => tables.some(isAsked))
  const problems = [
    ...named.filter((problem) => typeof problem === 'string'),
    ...found.flatMap((table) => unknownSource(table, wanted, snapshot)),
    ...fills.flatMap((fill) => obstacles(fill, wanted, snapshot)),
  ]
  if (problems.length > 0) throw backfillRefused(problems)

  return fills
    .filter(({ column }) => !column)
    .flatMap(({ tables, source }) =>
      tables
        .filter((table) => isAsked(table) && relationOf(table, snapshot).kind === 'table')
        .map((table) => ({
          table,
          source,
          key: keyOf(relationOf(table, snapshot)),
          parentRows: 'parent' in source ? rowsOf(source.parent, snapshot) : undefined,
        })),
    )
}

/** A sentence for each table with an empty tenant column and no known source. */
export function passedOver(wanted: Wanted, snapshot: Snapshot): string[] {
  const roots = wanted.tables.filter(
    (table) => !table.shared && relationOf(table, snapshot).parents.length === 0,
  )
  return roots.flatMap((table) => unknownSource(table, wanted, snapshot))
}

/** A table of the config, a partition or a child of one; a sentence when there is none. */
function findTable({ schema, name }: TableReference, wanted: Wanted): TableName | string {
  const schemas = schema === undefined ? wanted.schemas : [schema]
  const known = [...wanted.tables, ...wanted.withoutColumn]
  for (const candidate of schemas) {
    const table = known.find((t) => t.schema === candidate && t.name === name)
    if (table) return table
  }
  const asked = schemas.map((candidate) => qualifiedName({ schema: candidate, name }))
  return `${asked.join(' or ')} is no tenant table of the config`
}

/** The reason why a table that was asked for is not filled, although it could need it. */
function unknownSource(asked: TableName, wanted: Wanted, snapshot: Snapshot): string[] {
  if (wanted.fills.some(({ tables }) => tables.some((table) => isSameTable(table, asked))))
    return []
  const missing = wanted.withoutColumn.find((table) => isSameTable(table, asked))
  const unknown = 'where its tenants would come from is not known'
  if (missing) {
    const why = missing.reason ?? unknown
    return [`${qualifiedName(asked)} has no column ${identifier(missing.column)}: ${why}`]
  }
  const table = wanted.tables.find((t) => isSameTable(t, asked))
  const column = relationOf(asked, snapshot).columns.find(({ name }) => name === table?.column)
  if (!table || !column || column.notNull) return []
  return table.shared
    ? [`${qualifiedName(asked)} is shared: its rows without a tenant are those of all tenants`]
    : [`${qualifiedName(asked)}: ${unknown}`]
}

function obstacles(
  { tables: [root], column, source }: TenantFill,
  wanted: Wanted,
  snapshot: Snapshot,
): string[] {
  // With a constant the column will come with its value, and no row is left to fill.
  if (!root || 'tenant' in source) return []
  const name = qualifiedName(root)
  if (column) return [`${name} has no column ${identifier(column.name)} yet`]
  const parent = wanted.tables.find((table) => isSameTable(table, source.parent))
  if (!parent || isAssignable(parent.type, root.type)) return []
  const theirs = `${qualifiedName(parent)}.${identifier(parent.column)}`
  const users = [
    ...columnUsers(relationOf(root, snapshot), root.column, snapshot.relations),
    ...columnUsers(relationOf(parent, snapshot), parent.column, snapshot.relations),
  ]
  const first = users.length > 0 ? `, without ${users.join(', ')}, which use them` : ''
  return [
    `${name}.${identifier(root.column)} is ${root.type}, and ${theirs}, where its tenants come from, is ${parent.type}: alter the type of one of them${first}`,
  ]
}

// https://www.postgresql.org/docs/current/sql-createcast.html: whatever there is becomes text by
// assignment, and integers become each other.
function isAssignable(from: TenantType, to: TenantType): boolean {
  const isInteger = (type: TenantType) => type === 'integer' || type === 'bigint'
  return from === to || to === 'text' || to === 'varchar' || (isInteger(from) && isInteger(to))
}

function keyOf({ indexes, columns }: RelationState): Fill['key'] {
  const primary = indexes.find(({ isPrimary, isValid }) => isPrimary && isValid)
  if (!primary) return 'place'
  const key = primary.columns.flatMap(
    (name) => columns.find((column) => column.name === name) ?? [],
  )
  // Types of the user are written with their schema. Their operators are looked up in the search
  // path of the session, which may find others than those of the index.
  if (key.length === 0 || key.some(({ type }) => type.includes('.'))) return 'place'
  return key.map(({ name, type }) => ({ name, type }))
}

import type { ColumnState, RelationState } from '../catalog/relation-state.ts'
import { qualifiedName } from '../sql/quote.ts'
import { isSameTable } from '../sql/table-name.ts'
import { isNotNull, keysTo } from '../wanted/fill-in-rounds.ts'
import { normalizedName } from '../wanted/tenant-column-names.ts'
import type { AdoptedTable, OwnedTable, TenantKey } from './classification.ts'
import { referringNames, USUAL_NAMES } from './column-names.ts'
import { payload, personalData } from './data-of-tenants.ts'
import { unexplainedIds } from './id-columns.ts'
import { references } from './references.ts'

export interface TenantTables {
  readonly owned: readonly OwnedTable[]
  readonly adopted: readonly AdoptedTable[]
}

/**
 * Finds the reason why a table without a way to a tenant may hold rows of tenants all the same. A table
 * is global only when there is none: a guess never opens.
 *
 * @param known the candidates; a foreign key to another table explains no column
 */
export function globalDoubts(
  key: TenantKey,
  tables: TenantTables,
  known: ReadonlyMap<string, RelationState>,
): (relation: RelationState) => string | undefined {
  const children = childColumnNames([...tables.owned, ...tables.adopted])
  return (table) => {
    const relation = withOwnColumns(table, known)
    return (
      suggestedTenant(relation, key, children) ??
      unexplainedId(relation) ??
      unknownTarget(relation, known) ??
      linkedTenants(relation, tables) ??
      pairedTenants(relation, tables) ??
      linkedRecords(relation, known) ??
      personalData(relation) ??
      payload(relation)
    )
  }
}

/** Without the columns that an inheritance child has from its parents: those are judged there. */
function withOwnColumns(
  relation: RelationState,
  known: ReadonlyMap<string, RelationState>,
): RelationState {
  const parents = relation.parents.flatMap((parent) => known.get(qualifiedName(parent)) ?? [])
  const inherited = new Set(parents.flatMap(({ columns }) => columns.map(({ name }) => name)))
  return { ...relation, columns: relation.columns.filter(({ name }) => !inherited.has(name)) }
}

/** The usual name of a column that refers to one of these tables → the table. */
function childColumnNames(
  tables: readonly { readonly relation: RelationState }[],
): ReadonlyMap<string, RelationState> {
  return new Map(
    tables.flatMap(({ relation }) =>
      referringNames(relation.name).map((name): [string, RelationState] => [name, relation]),
    ),
  )
}

/** A name suggests the tenant of the rows, and no foreign key says so. */
function suggestedTenant(
  relation: RelationState,
  { columnName }: TenantKey,
  children: ReadonlyMap<string, RelationState>,
): string | undefined {
  for (const column of relation.columns) {
    const { name } = column
    const own = normalizedName(name)
    const parent = children.get(own)
    if (own === columnName) return `${name} refers to another table`
    const refers = references(relation).some((reference) => reference.column === name)
    if (parent && !refers && mayRefer(column, parent)) {
      return `${name} may lead to ${qualifiedName(parent)}, and no foreign key says so`
    }
    if (USUAL_NAMES.includes(own)) return `${name} may be its tenant, and nothing says so`
  }
  return undefined
}

/** `project` may be the key of a project or its title: the type tells, where no `id` in the name does. */
function mayRefer({ name, baseType }: ColumnState, { indexes, columns }: RelationState): boolean {
  if (/u?id$/i.test(name)) return true
  const key = indexes.find(({ isPrimary }) => isPrimary)?.columns ?? []
  return key.some((part) => columns.some((c) => c.name === part && c.baseType === baseType))
}

function unexplainedId(relation: RelationState): string | undefined {
  const [column] = unexplainedIds(relation)
  return column && `${column.name} looks like an id, and no foreign key explains it`
}

function unknownTarget(
  { foreignKeys }: RelationState,
  known: ReadonlyMap<string, RelationState>,
): string | undefined {
  const key = foreignKeys.find(({ references }) => !known.has(qualifiedName(references)))
  return (
    key &&
    `${key.columns.join(', ')} leads to ${qualifiedName(key.references)}, which is not looked at`
  )
}

/** Each of its rows belongs to the tenants that another table links it with: `users`, `memberships`. */
function linkedTenants(
  relation: RelationState,
  { owned, adopted }: TenantTables,
): string | undefined {
  const self = new Map([[qualifiedName(relation), relation]])
  const link = [...owned, ...adopted].find(
    (table) =>
      !isSameTable(table.relation, relation) &&
      keysTo(table.relation, self).some(
        (key) => isNotNull(table.relation, key) && isLink(table, key.columns),
      ),
  )
  return link && `${qualifiedName(link.relation)} links its rows with tenants, perhaps several`
}

/** A row for each pair of a tenant, or of its parent's row, and a row of the other table. */
function isLink(table: OwnedTable | AdoptedTable, columns: readonly string[]): boolean {
  const { relation } = table
  const tenant =
    'column' in table
      ? [table.column.name]
      : keysTo(relation, new Map([[qualifiedName(table.parent), table.parent]])).flatMap(
          (key) => key.columns,
        )
  const pair = [...tenant, ...columns]
  return relation.indexes.some(
    (index) =>
      index.isUnique &&
      index.columns.length > 1 &&
      columns.every((column) => index.columns.includes(column)) &&
      index.columns.every((column) => column !== null && pair.includes(column)),
  )
}

/** A row of a tenant refers to each of its rows, and no other does: the file of a document. */
function pairedTenants(
  relation: RelationState,
  { owned, adopted }: TenantTables,
): string | undefined {
  const self = new Map([[qualifiedName(relation), relation]])
  const pair = [...owned, ...adopted].find(
    (table) =>
      !isSameTable(table.relation, relation) &&
      keysTo(table.relation, self).some(({ columns }) => isUniqueIn(table.relation, columns)),
  )
  return pair && `${qualifiedName(pair.relation)} has a row of its own for each of its rows`
}

function isUniqueIn({ indexes }: RelationState, columns: readonly string[]): boolean {
  return indexes.some(
    (index) =>
      index.isUnique &&
      index.columns.length > 0 &&
      index.columns.every((column) => column !== null && columns.includes(column)),
  )
}

/** A table that may lead anywhere links its rows with records: `taggings`, attachments of Rails. */
function linkedRecords(
  relation: RelationState,
  known: ReadonlyMap<string, RelationState>,
): string | undefined {
  const self = new Map([[qualifiedName(relation), relation]])
  const link = [...known.values()].find(
    (table) =>
      !isSameTable(table, relation) && isPolymorphic(table) && keysTo(table, self).length > 0,
  )
  return link && `${qualifiedName(link)} links its rows with records of other tables`
}

/** A pair of columns names a row and its table: `record_type`, `record_id`. */
function isPolymorphic({ columns }: RelationState): boolean {
  const names = new Set(columns.map(({ name }) => normalizedName(name)))
  return [...names].some((name) => /.type$/.test(name) && names.has(name.replace(/type$/, 'id')))
}

import type { ForeignKeyState, RelationState } from '../../catalog/snapshot.ts'
import { identifier, qualifiedName } from '../../policy/quote.ts'
import { statements } from './statements.ts'
import type { TenantTableState } from './tenant-tables.ts'

interface Ends {
  readonly child: TenantTableState
  readonly parent: TenantTableState
  readonly serverVersion: number
}

/** Makes the key again: with the tenant, and without what would move or lose the tenant of a row. */
export function addTenant(key: ForeignKeyState, { child, parent, serverVersion }: Ends): string {
  const pairs = key.columns
    .map((column, index) => ({ column, referenced: key.referencedColumns[index] ?? '' }))
    .filter(({ referenced }) => referenced !== parent.table.column)
  const own = pairs.map(({ column }) => column)
  const columns = list([child.table.column, ...own])
  const referenced = [parent.table.column, ...pairs.map((pair) => pair.referenced)]
  const table = qualifiedName(child.relation)

  return statements([
    ...(hasKey(parent, referenced)
      ? []
      : [`create unique index on ${qualifiedName(parent.relation)} (${list(referenced)})`]),
    ...seeingAllRows(
      [child.relation, parent.relation],
      [
        `alter table ${table} drop constraint ${identifier(key.name)},`,
        `  add constraint ${identifier(key.name)} foreign key (${columns})`,
        `  references ${qualifiedName(parent.relation)} (${list(referenced)})`,
        `  ${actions(key, own, serverVersion)}`.trimEnd(),
      ]
        .filter((line) => line !== '')
        .join('\n'),
    ),
  ])
}

/** A forced owner sees no rows, and would find every reference valid. */
export function seeingAllRows(relations: readonly RelationState[], statement: string): string[] {
  const forced = [...new Set(relations)].filter(({ rlsForced }) => rlsForced)
  const force = (how: string) =>
    forced.map((relation) => `alter table ${qualifiedName(relation)} ${how} row level security`)
  return [...force('no force'), statement, ...force('force')]
}

// ON DELETE SET NULL would null the tenant too; the list of columns is of 15 and later. What ON
// UPDATE does would move rows between tenants.
function actions(key: ForeignKeyState, own: readonly string[], serverVersion: number): string {
  const sets = key.onDelete === 'set null' || key.onDelete === 'set default'
  const onDelete = sets
    ? serverVersion >= 150000
      ? `${key.onDelete} (${list(own)})`
      : 'restrict'
    : key.onDelete
  return [
    ...(onDelete === 'no action' ? [] : [`on delete ${onDelete}`]),
    ...(key.onUpdate === 'restrict' ? ['on update restrict'] : []),
    ...(key.deferrable ? [`deferrable${key.deferred ? ' initially deferred' : ''}`] : []),
  ].join(' ')
}

function hasKey({ relation }: TenantTableState, columns: readonly string[]): boolean {
  return relation.indexes.some(
    (index) =>
      index.isUnique &&
      index.isValid &&
      index.predicate === null &&
      index.columns.length === columns.length &&
      columns.every((column) => index.columns.includes(column)),
  )
}

function list(columns: readonly string[]): string {
  return columns.map(identifier).join(', ')
}

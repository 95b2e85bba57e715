import { identifier, qualifiedName } from '../sql/quote.ts'
import type { TenantTable } from './tenant-table.ts'

type Action = 'no action' | 'restrict' | 'cascade' | 'set null' | 'set default'

interface ForeignKey {
  readonly columns: readonly string[]
  readonly referencedColumns: readonly string[]
  readonly onDelete: Action
  readonly onDeleteColumns: readonly string[]
  readonly onUpdate: Action
  readonly deferrable: boolean
  readonly deferred: boolean
}

type End = Pick<TenantTable, 'schema' | 'name' | 'column'>

export interface TenantForeignKey {
  /** The tenant comes first. */
  readonly columns: readonly string[]
  readonly referencedColumns: readonly string[]
  /** The text after `add constraint …`. */
  readonly definition: string
}

/** The foreign key with the tenant, and without actions that move a row to another tenant or to none. */
export function tenantForeignKey(
  key: ForeignKey,
  { child, parent, serverVersion }: { child: End; parent: End; serverVersion: number },
): TenantForeignKey {
  const pairs = key.columns
    .map((column, index) => ({ column, referenced: key.referencedColumns[index] ?? '' }))
    .filter(({ referenced }) => referenced !== parent.column)
  const own = pairs.map(({ column }) => column)
  const columns = [child.column, ...own]
  const referencedColumns = [parent.column, ...pairs.map((pair) => pair.referenced)]
  const definition = [
    `foreign key (${list(columns)})`,
    `references ${qualifiedName(parent)} (${list(referencedColumns)})`,
    ...actions(key, own, serverVersion),
  ].join('\n  ')
  return { columns, referencedColumns, definition }
}

// ON DELETE SET NULL would null the tenant too; PostgreSQL 15 and later take a list of columns. The
// actions of ON UPDATE would move rows between tenants.
// https://www.postgresql.org/docs/current/sql-createtable.html#SQL-CREATETABLE-PARMS-REFERENCES
function actions(key: ForeignKey, own: readonly string[], serverVersion: number): string[] {
  const sets = key.onDelete === 'set null' || key.onDelete === 'set default'
  const named = key.onDeleteColumns.filter((column) => own.includes(column))
  const onDelete = sets
    ? serverVersion >= 150000
      ? `${key.onDelete} (${list(named.length > 0 ? named : own)})`
      : 'restrict'
    : key.onDelete
  const words = [
    ...(onDelete === 'no action' ? [] : [`on delete ${onDelete}`]),
    ...(key.onUpdate === 'restrict' ? ['on update restrict'] : []),
    ...(key.deferrable ? [`deferrable${key.deferred ? ' initially deferred' : ''}`] : []),
  ]
  return words.length > 0 ? [words.join(' ')] : []
}

function list(columns: readonly string[]): string {
  return columns.map(identifier).join(', ')
}

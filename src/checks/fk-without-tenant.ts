import type { ForeignKeyState } from '../catalog/snapshot.ts'
import { identifier, qualifiedName } from '../policy/quote.ts'
import { type Check, tableCheck } from './check.ts'
import { statements } from './facts/statements.ts'
import { isSameTable, type TenantTableState, tenantTables } from './facts/tenant-tables.ts'

export const fkWithoutTenant: Check = tableCheck(
  {
    id: 'fk-without-tenant',
    level: 'high',
    title: 'A foreign key may point into another tenant',
    why:
      'PostgreSQL checks references without row security: a row of another tenant is accepted, and ' +
      'ON DELETE CASCADE deletes the rows of another tenant.',
    broken: `create unique index projects_by_id on public.projects (id);
alter table public.tasks add constraint tasks_project foreign key (project_id)
  references public.projects (id)`,
    fixed: `alter table public.tasks drop constraint tasks_project;
drop index public.projects_by_id`,
    alsoFinds: ['unique-without-tenant'],
  },
  (child, context) => {
    const parents = tenantTables(context)
    return child.relation.foreignKeys.flatMap((key) => {
      const parent = parents.find(({ relation }) => isSameTable(relation, key.references))
      // Rows that are shared by all tenants may be referenced by all of them.
      if (!parent || parent.table.shared || key.isPartition || matches(key, child, parent))
        return []
      return {
        summary: `${key.name} refers to ${qualifiedName(parent.table)} without its tenant.`,
        fix: addTenant(key, { child, parent, serverVersion: context.snapshot.serverVersion }),
      }
    })
  },
)

function matches(key: ForeignKeyState, child: TenantTableState, parent: TenantTableState): boolean {
  return key.columns.some(
    (column, index) =>
      column === child.table.column && key.referencedColumns[index] === parent.table.column,
  )
}

interface Ends {
  readonly child: TenantTableState
  readonly parent: TenantTableState
  readonly serverVersion: number
}

function addTenant(key: ForeignKeyState, { child, parent, serverVersion }: Ends): string {
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
    // A forced owner sees no rows, and would find every reference valid.
    ...[...new Set([child.relation, parent.relation])].flatMap(switchForce('no force')),
    [
      `alter table ${table} drop constraint ${identifier(key.name)},`,
      `  add constraint ${identifier(key.name)} foreign key (${columns})`,
      `  references ${qualifiedName(parent.relation)} (${list(referenced)})`,
      `  ${actions(key, own, serverVersion)}`.trimEnd(),
    ]
      .filter((line) => line !== '')
      .join('\n'),
    ...[...new Set([child.relation, parent.relation])].flatMap(switchForce('force')),
  ])
}

function switchForce(how: 'force' | 'no force') {
  return (relation: TenantTableState['relation']): string[] =>
    relation.rlsForced ? [`alter table ${qualifiedName(relation)} ${how} row level security`] : []
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

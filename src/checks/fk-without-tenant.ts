import type { ForeignKeyState } from '../catalog/constraint-state.ts'
import { qualifiedName } from '../sql/quote.ts'
import type { TenantTableState } from '../wanted/tenant-table-state.ts'
import { type Check, tableCheck } from './check.ts'
import { checkedTablesByName } from './facts/checked-tables.ts'
import { addTenant } from './facts/foreign-keys.ts'

export const fkWithoutTenant: Check = tableCheck(
  {
    id: 'fk-without-tenant',
    level: 'high',
    title: 'A foreign key may point into another tenant',
    why:
      'PostgreSQL checks references without row security: a row of another tenant is accepted, and ' +
      'ON DELETE CASCADE deletes the rows of another tenant.',
    link: 'https://www.postgresql.org/docs/current/ddl-rowsecurity.html',
    broken: `create unique index projects_by_id on public.projects (id);
alter table public.tasks add constraint tasks_project foreign key (project_id)
  references public.projects (id)`,
    fixed: `alter table public.tasks drop constraint tasks_project;
drop index public.projects_by_id`,
    alsoFinds: ['unique-without-tenant'],
  },
  (child, context) => {
    const parents = checkedTablesByName(context)
    return child.relation.foreignKeys.flatMap((key) => {
      const parent = parents.get(qualifiedName(key.references))
      // Rows that are shared by all tenants may be referenced by all of them.
      if (!parent || parent.table.shared || key.isPartition || matches(key, child, parent))
        return []
      return {
        summary: `${key.name} refers to ${qualifiedName(parent.table)} without its tenant.`,
        fix: addTenant(key, { child, parent }, context),
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

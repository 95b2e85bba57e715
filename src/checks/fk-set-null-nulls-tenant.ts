import type { ForeignKeyState } from '../catalog/constraint-state.ts'
import { qualifiedName } from '../sql/quote.ts'
import { isSameTable } from '../sql/table-name.ts'
import { type Check, tableCheck } from './check.ts'
import { checkedTablesByName, tenantsTables } from './facts/checked-tables.ts'
import type { CheckContext } from './facts/context.ts'
import { addTenant } from './facts/foreign-keys.ts'
import { decision } from './facts/statements.ts'

export const fkSetNullNullsTenant: Check = tableCheck(
  {
    id: 'fk-set-null-nulls-tenant',
    level: 'medium',
    title: 'A foreign key changes the tenant of a row',
    why:
      'ON DELETE SET NULL sets every column of the key, the tenant too: deleting the parent fails, or ' +
      'leaves a row of no tenant. ON UPDATE CASCADE moves rows to another tenant.',
    link: 'https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK',
    broken: `alter table public.tasks drop constraint tasks_tenant_id_project_id_fkey,
  add constraint tasks_project foreign key (tenant_id, project_id)
    references public.projects (tenant_id, id) on delete set null`,
    fixed: `alter table public.tasks drop constraint tasks_project,
  add constraint tasks_project foreign key (tenant_id, project_id)
    references public.projects (tenant_id, id) on delete restrict`,
  },
  (child, context) => {
    const parents = checkedTablesByName(context)
    return child.relation.foreignKeys
      .filter((key) => !key.isPartition && key.columns.includes(child.table.column))
      .flatMap((key) => {
        const parent = parents.get(qualifiedName(key.references))
        const at = key.columns.indexOf(child.table.column)
        const follows = parent?.table.column === key.referencedColumns[at]
        const isTenant = follows || refersToTenant(key, context)
        const actions = touching(key, child.table.column, isTenant)
        if (actions.length === 0) return []
        return {
          summary: `${key.name} sets the tenant ${actions.join(' and ')}.`,
          fix: parent
            ? addTenant(key, { child, parent }, context)
            : decision(`Make ${key.name} again without ${actions.join(' and ')}.`),
        }
      })
  },
)

/** The id of the tenant itself: where it changes, the rows have to follow, as those of a parent do. */
function refersToTenant({ columns, references }: ForeignKeyState, context: CheckContext): boolean {
  return (
    columns.length === 1 || tenantsTables(context).some((table) => isSameTable(table, references))
  )
}

function touching(key: ForeignKeyState, column: string, isTenant: boolean): string[] {
  const { onDelete, onDeleteColumns, onUpdate } = key
  const moving = ['set null', 'set default', ...(isTenant ? [] : ['cascade'])]
  const isNamed = onDeleteColumns.length === 0 || onDeleteColumns.includes(column)
  return [
    ...(['set null', 'set default'].includes(onDelete) && isNamed ? [`on delete ${onDelete}`] : []),
    ...(moving.includes(onUpdate) ? [`on update ${onUpdate}`] : []),
  ]
}

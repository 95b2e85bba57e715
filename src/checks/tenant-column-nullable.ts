import { identifier, qualifiedName } from '../sql/quote.ts'
import { type Check, tableCheck } from './check.ts'

export const tenantColumnNullable: Check = tableCheck(
  {
    id: 'tenant-column-nullable',
    level: 'medium',
    title: 'The tenant column may be NULL',
    why:
      'No tenant sees a row with NULL until a policy tolerates NULL, and then every tenant does; ' +
      'composite foreign keys do not check such rows.',
    link: 'https://www.postgresql.org/docs/current/ddl-constraints.html',
    broken: 'alter table public.events alter column tenant_id drop not null',
    fixed: 'alter table public.events alter column tenant_id set not null',
  },
  ({ table, relation, isChild }) => {
    const column = relation.columns.find(({ name }) => name === table.column)
    if (!column || column.notNull || table.shared || isChild) return
    return {
      summary: `${identifier(column.name)} may be NULL.`,
      fix: `alter table ${qualifiedName(relation)} alter column ${identifier(column.name)} set not null`,
    }
  },
)

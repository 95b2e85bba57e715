import { currentTenant } from '../policy/current-tenant.ts'
import { literal } from '../sql/literal.ts'
import { identifier, qualifiedName } from '../sql/quote.ts'
import { fillsItself } from '../wanted/fills-itself.ts'
import { type Check, tableCheck } from './check.ts'

const CONSTANT = /^(?:E?'(?:[^']|'')*'(?:::.+)?|-?\d+)$/

export const tenantColumnDefault: Check = tableCheck(
  {
    id: 'tenant-column-default',
    level: 'info',
    title: 'The default of the tenant column is not the current tenant',
    why:
      'Without it every insert must name the tenant. With a constant default, an insert that names ' +
      'none writes a row of that one tenant.',
    link: 'https://www.postgresql.org/docs/current/ddl-default.html',
    broken: 'alter table public.projects alter column tenant_id drop default',
    fixed: `alter table public.projects alter column tenant_id
  set default nullif(current_setting('app.tenant_id', true), '')::uuid`,
  },
  ({ table, relation }) => {
    const column = relation.columns.find(({ name }) => name === table.column)
    const reads = `current_setting(${literal(table.setting)}`
    if (!column || column.default?.includes(reads) || fillsItself(column, relation)) return
    const isConstant = CONSTANT.test(column.default ?? '')
    const name = identifier(column.name)
    return {
      level: isConstant ? 'high' : 'info',
      summary: `${name} has ${column.default === null ? 'no default' : `the default ${column.default}`}.`,
      fix: `alter table ${qualifiedName(relation)} alter column ${name} set default ${currentTenant(table).sql}`,
    }
  },
)

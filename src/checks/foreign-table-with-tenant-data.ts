import { qualifiedName } from '../sql/quote.ts'
import { tenantColumnFinder } from '../wanted/tenant-column-names.ts'
import { type Check, defineCheck } from './check.ts'
import { ROW_PRIVILEGES, revokePrivileges, rolesWith } from './facts/privileges.ts'
import { decision } from './facts/statements.ts'

export const foreignTableWithTenantData: Check = defineCheck(
  {
    id: 'foreign-table-with-tenant-data',
    level: 'high',
    title: 'The application reaches a foreign table with a tenant column',
    why: 'Foreign tables have no row security; only the other side can filter.',
    link: 'https://www.postgresql.org/docs/current/sql-createforeigntable.html',
    broken: `create foreign data wrapper warehouse;
create server warehouse foreign data wrapper warehouse;
create foreign table public.facts (tenant_id uuid, amount int) server warehouse;
grant select on public.facts to app_user`,
    fixed: 'revoke select on public.facts from app_user',
    needs: 'appRoles',
  },
  (context) => {
    const tenantColumn = tenantColumnFinder(context.wanted, context.snapshot)
    return context.snapshot.relations.flatMap((relation) => {
      const isCandidate = relation.kind === 'foreign table' && tenantColumn(relation) !== undefined
      const [role] = isCandidate ? rolesWith(ROW_PRIVILEGES, relation, context) : []
      if (role === undefined) return []
      return {
        object: qualifiedName(relation),
        summary: `${role} reaches it, and this database does not filter its rows.`,
        fix: decision(
          'Let the other side filter the rows, or read them through a view with the tenant in its condition, then:',
          `  ${revokePrivileges(ROW_PRIVILEGES, relation, context)}`,
        ),
      }
    })
  },
)

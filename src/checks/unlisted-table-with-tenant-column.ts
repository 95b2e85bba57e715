import { identifier, qualifiedName } from '../sql/quote.ts'
import { type Check, defineCheck } from './check.ts'
import { unlisted } from './facts/checked-tables.ts'
import { decision } from './facts/statements.ts'

export const unlistedTableWithTenantColumn: Check = defineCheck(
  {
    id: 'unlisted-table-with-tenant-column',
    level: 'high',
    title: 'A table has a tenant column and is not in the config',
    why: 'A table that is not listed gets no policies: its rows of all tenants are open.',
    link: 'https://www.postgresql.org/docs/current/ddl-rowsecurity.html',
    broken: 'create table public.invoices (tenant_id uuid not null, total int)',
    fixed: 'drop table public.invoices',
  },
  (context) =>
    unlisted(context).flatMap(({ relation, tenantColumn }) => {
      // Row security is not for foreign tables: see `foreign-table-with-tenant-data`.
      if (!tenantColumn || relation.kind === 'foreign table') return []
      return {
        object: qualifiedName(relation),
        summary: `It has a column ${identifier(tenantColumn.name)} and is not listed.`,
        fix: decision(
          'List it under `tables` and run migrate:rls, or under `global` if its rows are of no tenant.',
        ),
      }
    }),
)

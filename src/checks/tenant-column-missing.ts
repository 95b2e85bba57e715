import { identifier, qualifiedName } from '../sql/quote.ts'
import { type Check, defineCheck } from './check.ts'

export const tenantColumnMissing: Check = defineCheck(
  {
    id: 'tenant-column-missing',
    level: 'critical',
    title: 'A listed table has no tenant column',
    why: 'Its rows do not say which tenant they belong to, so no policy can tell tenants apart.',
    link: 'https://www.postgresql.org/docs/current/ddl-rowsecurity.html',
    broken: 'alter table public.projects rename column tenant_id to org_id',
    fixed: 'alter table public.projects rename column org_id to tenant_id',
  },
  ({ wanted }) =>
    wanted.withoutColumn.map(({ column, ...table }) => ({
      object: qualifiedName(table),
      summary: `It has no column ${identifier(column)}.`,
      fix: [
        '-- `kysely-tenants migrate:rls` adds it, and fills it from where `backfill` in the config says.',
        '-- Or name the column that the table has in the config: { column: … }.',
      ].join('\n'),
    })),
)

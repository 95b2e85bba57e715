import { qualifiedName } from '../sql/quote.ts'
import type { Check } from './check.ts'
import { roadCheck } from './facts/road-check.ts'
import { roadMap } from './facts/roads.ts'

export const globalTableWithTenantColumn: Check = roadCheck(
  {
    id: 'global-table-with-tenant-column',
    level: 'medium',
    title: 'A table that is listed as global has a tenant column',
    why:
      'The config says that its rows are of no tenant, and so nothing filters them; its columns say ' +
      'that each is of one.',
    link: 'https://www.postgresql.org/docs/current/ddl-rowsecurity.html',
    broken: 'alter table public.countries add column tenant_id uuid',
    fixed: 'alter table public.countries drop column tenant_id',
  },
  ({ crossing, kind, relation }, context) => {
    const tenancy = roadMap(context)?.tenancy
    return (
      crossing.kind === 'relation' &&
      kind === 'data' &&
      tenancy?.standingOf(relation) === 'global' &&
      tenancy.tenantColumnOf(relation) !== undefined
    )
  },
  ({ road: { relation } }) => ({
    object: qualifiedName(relation),
    fix: '-- List it under `tables` and run migrate:rls, or take the column away if it means something else.',
  }),
)

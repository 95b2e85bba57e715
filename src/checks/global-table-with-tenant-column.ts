import type { ReachRelation } from '../catalog/reach/reach-facts.ts'
import { qualifiedName } from '../sql/quote.ts'
import type { Check } from './check.ts'
import type { CheckContext } from './facts/context.ts'
import { rolesOfApp } from './facts/free-roles.ts'
import { roadCheck } from './facts/road-check.ts'
import { roadMap } from './facts/roads.ts'

export const globalTableWithTenantColumn: Check = roadCheck(
  {
    id: 'global-table-with-tenant-column',
    level: 'medium',
    title: 'A table that is listed as global has a tenant column, or refers to a tenant table',
    why:
      'The config says that its rows are of no tenant, and so nothing filters them; its columns or its ' +
      'foreign keys say that each is of one.',
    link: 'https://www.postgresql.org/docs/current/ddl-rowsecurity.html',
    broken: 'alter table public.countries add column tenant_id uuid',
    fixed: 'alter table public.countries drop column tenant_id',
  },
  ({ crossing, kind, relation }, context) => {
    const map = roadMap(context)
    if (!map || crossing.kind !== 'relation' || kind !== 'data') return false
    if (map.tenancy.standingOf(relation) !== 'global') return false
    if (map.tenancy.tenantColumnOf(relation) !== undefined) return true
    // Other findings: `tenant-rows-copied`, `foreign-key-tells-of-tenants`.
    return !map.copied.has(relation) && !isWritten(relation, context)
  },
  ({ road: { relation } }) => ({
    object: qualifiedName(relation),
    fix: '-- List it under `tables` and run migrate:rls, or take the column away if it means something else.',
  }),
)

function isWritten(relation: ReachRelation, context: CheckContext): boolean {
  return rolesOfApp(context).some(({ role }) =>
    ['INSERT', 'UPDATE'].some((right) => roadMap(context)?.rights.may(role, right, relation)),
  )
}

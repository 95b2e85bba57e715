import { qualifiedName } from '../sql/quote.ts'
import type { Check } from './check.ts'
import { crossingObject } from './facts/crossing-object.ts'
import { roadCheck } from './facts/road-check.ts'
import { roadMap } from './facts/roads.ts'

export const foreignTableReached: Check = roadCheck(
  {
    id: 'foreign-table-reached',
    level: 'medium',
    title: 'The application reads another server with the login of another role',
    why:
      'A foreign table is read with the user mapping of the role that PostgreSQL checks: the owner of ' +
      'the view or function. Row security here filters none of its rows.',
    link: 'https://www.postgresql.org/docs/current/sql-createusermapping.html',
    broken: `create foreign data wrapper warehouse;
create server warehouse foreign data wrapper warehouse;
create user mapping for public server warehouse;
create foreign table public.facts (amount int) server warehouse;
create view public.fact_list as select amount from public.facts;
grant select on public.fact_list to app_user`,
    fixed: 'revoke select on public.fact_list from app_user',
    alsoFinds: ['fdw-user-mapping', 'unclassified-table'],
  },
  ({ kind, crossing, relation }, context) => {
    const tenancy = roadMap(context)?.tenancy
    // Another finding: `foreign-table-with-tenant-data`.
    const isKnown =
      tenancy?.standingOf(relation) === 'unlisted' && tenancy.tenantColumnOf(relation) !== undefined
    return kind === 'foreign' && !(isKnown && crossing.kind === 'relation')
  },
  ({ road: { crossing, relation } }, context) => ({
    object: crossingObject(crossing, context),
    fix: `-- See that ${qualifiedName(relation)} holds rows of one tenant alone, or revoke it from the application.`,
  }),
)

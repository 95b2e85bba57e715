import { qualifiedName } from '../sql/quote.ts'
import type { Check } from './check.ts'
import { revokeFromApp } from './facts/revoke-from-app.ts'
import { roadCheck } from './facts/road-check.ts'
import { roadMap } from './facts/roads.ts'

export const tableOutsideSchemas: Check = roadCheck(
  {
    id: 'table-outside-schemas',
    level: 'medium',
    title: 'The application reaches rows of tenants in a schema that the config does not name',
    why:
      'No check looks at the tables of that schema and no policy is planned for them. This one has a ' +
      'tenant column, or is called after a tenant table.',
    link: 'https://www.postgresql.org/docs/current/ddl-schemas.html',
    broken: `create schema archive;
grant usage on schema archive to app_user;
create table archive.projects (name text);
grant select on archive.projects to app_user`,
    fixed: 'revoke select on archive.projects from app_user',
  },
  ({ crossing, kind, relation }, context) => {
    const map = roadMap(context)
    const isCopied = map?.copied.has(relation) && map.tenancy.tenantColumnOf(relation) === undefined
    return (
      crossing.kind === 'relation' &&
      kind === 'data' &&
      map?.tenancy.standingOf(relation) === 'outside' &&
      !isCopied
    )
  },
  ({ road: { relation } }, context) => ({
    object: qualifiedName(relation),
    fix: revokeFromApp(relation, context),
  }),
)

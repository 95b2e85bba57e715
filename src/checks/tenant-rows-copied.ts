import { qualifiedName } from '../sql/quote.ts'
import type { Check } from './check.ts'
import { revokeFromApp } from './facts/revoke-from-app.ts'
import { roadCheck } from './facts/road-check.ts'
import { roadMap } from './facts/roads.ts'

export const tenantRowsCopied: Check = roadCheck(
  {
    id: 'tenant-rows-copied',
    level: 'medium',
    title: 'Rows of tenants are copied to where nothing filters them',
    why:
      'Code of the database fills the table from tenant tables: a history, an outbox, an index for the ' +
      'search. The application reads it, and the copies of every tenant with it.',
    link: 'https://www.postgresql.org/docs/current/ddl-rowsecurity.html',
    broken: `create schema archive;
grant usage on schema archive to app_user;
create table archive.changes (what text);
grant select, insert on archive.changes to app_user;
create function public.note() returns trigger language plpgsql
  as 'begin insert into archive.changes values (new.name); return new; end';
create trigger note after update on public.projects for each row execute function public.note()`,
    fixed: 'revoke select on archive.changes from app_user',
  },
  ({ crossing, kind, relation }, context) => {
    const map = roadMap(context)
    const standing = map?.tenancy.standingOf(relation)
    return (
      crossing.kind === 'relation' &&
      kind === 'data' &&
      // Other findings: `unclassified-table`, `unlisted-table-with-tenant-column`,
      // `global-table-with-tenant-column`.
      (standing === 'outside' || standing === 'global') &&
      map?.tenancy.tenantColumnOf(relation) === undefined &&
      map?.copied.has(relation) === true
    )
  },
  ({ road: { relation } }, context) => ({
    object: qualifiedName(relation),
    // The code that copies may run as the application, which goes on inserting.
    fix: revokeFromApp(relation, context, ['SELECT', 'UPDATE', 'DELETE', 'TRUNCATE']),
  }),
)

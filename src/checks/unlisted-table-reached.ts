import { qualifiedName } from '../sql/quote.ts'
import type { Check } from './check.ts'
import { crossingObject } from './facts/crossing-object.ts'
import { roadCheck } from './facts/road-check.ts'

export const unlistedTableReached: Check = roadCheck(
  {
    id: 'unlisted-table-reached',
    level: 'medium',
    title: 'Code that runs as another role hands out a table that the config does not know',
    why:
      'The application has no right on the table, and reads or changes it through a view, a function or ' +
      'a trigger of another role. The config does not say whose rows it holds.',
    link: 'https://www.postgresql.org/docs/current/sql-createview.html#SQL-CREATEVIEW-SECURITY',
    broken: `create table public.projects_history (body text);
create view public.history as select body from public.projects_history;
grant select on public.history to app_user`,
    fixed: 'revoke select on public.history from app_user',
  },
  ({ crossing, kind, relation }) =>
    kind === 'data' &&
    crossing.kind !== 'relation' &&
    crossing.kind !== 'role' &&
    // Another finding: `materialized-view-exposed`.
    !(crossing.kind === 'view' && relation.kind === 'materialized view'),
  ({ road: { crossing, relation } }, context) => ({
    object: crossingObject(crossing, context),
    fix:
      relation.schema === 'pg_catalog'
        ? `-- Let it run as a role that may not read ${qualifiedName(relation)}, or keep it from the application.`
        : `-- List ${qualifiedName(relation)} under \`tables\`, or under \`global\` if its rows are of no tenant.`,
  }),
)

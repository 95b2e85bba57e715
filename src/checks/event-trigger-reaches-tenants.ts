import { identifier } from '../sql/quote.ts'
import type { Check } from './check.ts'
import { roadCheck } from './facts/road-check.ts'

export const eventTriggerReachesTenants: Check = roadCheck(
  {
    id: 'event-trigger-reaches-tenants',
    level: 'high',
    title: 'An event trigger that the application sets off reaches rows of every tenant',
    why:
      'Its function runs as its owner, and no role needs EXECUTE on it. To set it off, a temporary ' +
      'table or a comment on one is enough, and a login for a login trigger.',
    link: 'https://www.postgresql.org/docs/current/event-triggers.html',
    broken: `create function public.count_projects() returns event_trigger language plpgsql
  security definer set search_path = pg_catalog, pg_temp
  as 'begin raise notice ''%'', (select count(*) from public.projects); end';
create event trigger count_projects on ddl_command_end execute function public.count_projects()`,
    fixed: 'drop event trigger count_projects',
  },
  ({ crossing, kind }) => crossing.kind === 'event trigger' && kind !== 'data',
  ({ road: { crossing } }) => {
    if (crossing.kind !== 'event trigger') return
    return {
      object: crossing.fn.signature,
      fix: `alter event trigger ${identifier(crossing.name)} disable`,
      evidence: crossing.fn.bodyHash,
    }
  },
)

import { type Check, defineCheck } from './check.ts'

const GUARD = `create or replace function public.protect_new_tables() returns event_trigger
  language plpgsql security definer set search_path = pg_catalog, pg_temp
as $guard$
declare
  created record;
begin
  for created in
    select c.oid::regclass as name
    from pg_event_trigger_ddl_commands() d
    join pg_class c on d.classid = 'pg_class'::regclass and c.oid = d.objid
    where c.relkind in ('r', 'p') and c.relpersistence <> 't' and not c.relrowsecurity
  loop
    execute format('alter table %s enable row level security, force row level security', created.name);
  end loop;
end
$guard$;
drop event trigger if exists protect_new_tables;
create event trigger protect_new_tables on ddl_command_end
  when tag in ('CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO')
  execute function public.protect_new_tables()`

export const noDdlGuardEventTrigger: Check = defineCheck(
  {
    id: 'no-ddl-guard-event-trigger',
    level: 'info',
    title: 'New tables are open until a migration protects them',
    why:
      'Row security is off on every new table and partition. An event trigger of a superuser can ' +
      'switch it on as part of CREATE TABLE.',
    link: 'https://www.postgresql.org/docs/current/event-trigger-definition.html',
    broken: `drop event trigger protect_new_tables;
drop function public.protect_new_tables()`,
    fixed: GUARD,
    isOptIn: true,
  },
  ({ snapshot }) => {
    const isGuarded = snapshot.eventTriggers.some(
      ({ event, isEnabled, tags }) =>
        event === 'ddl_command_end' &&
        isEnabled &&
        (tags === null || tags.includes('CREATE TABLE')),
    )
    if (isGuarded) return []
    return [
      {
        object: `database ${snapshot.database}`,
        summary: 'No event trigger protects new tables.',
        fix: GUARD,
      },
    ]
  },
)

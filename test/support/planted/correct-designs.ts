import type { CorrectDesign } from './planted-case.ts'

const PATH = 'set search_path = pg_catalog, public, pg_temp'
const OWN = `tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid)`
const A = 'aaaaaaaa-0000-4000-8000-000000000001'

/** Designs that look like holes at first sight. The audit finds nothing serious in them. */
export const CORRECT_DESIGNS: Readonly<Record<string, CorrectDesign>> = {
  'a view that reads as its caller': {
    setup: `create view names with (security_invoker = true) as select name from projects;
      grant select on names to app_user`,
    proof: ['select * from names'],
    since: 15,
    shows: 'alpha',
  },
  'a function of the owner, whom FORCE holds': {
    setup: `create function names() returns setof text language sql security definer ${PATH}
        as 'select name from public.projects';
      alter function names() owner to app_owner`,
    proof: ['select names()'],
  },
  'a function of a superuser that is closed': {
    setup: `create function names() returns setof text language sql security definer ${PATH}
        as 'select name from public.projects';
      revoke execute on function names() from public`,
    proof: ['select names()'],
  },
  'a function of a superuser that reads what is of no tenant': {
    setup: `create function codes() returns setof text language sql security definer ${PATH}
        as 'select code from public.countries'`,
    proof: ['select codes()'],
  },
  'a function of a superuser that names the tenant': {
    setup: `create function names() returns setof text language sql security definer ${PATH}
        as $$ select name from public.projects where ${OWN} $$`,
    proof: ['select names()'],
    shows: 'alpha',
  },
  'a lookup by a role that sees two columns': {
    setup: `create role @lookup; grant usage on schema public to @lookup;
      grant select (tenant_id, name) on projects to @lookup;
      create policy lookup on projects for select to @lookup using (true);
      create function tenant_of(project text) returns uuid language sql stable security definer
        ${PATH} as 'select tenant_id from public.projects where name = project';
      alter function tenant_of(text) owner to @lookup`,
    proof: [`select tenant_of('alpha')`],
    shows: A,
  },
  'a log that a trigger writes with the rights of a superuser': {
    setup: `create schema log; create table log.changes (tenant_id uuid, what text);
      create function note() returns trigger language plpgsql security definer ${PATH}
        as 'begin insert into log.changes values (new.tenant_id, new.name); return new; end';
      create trigger note after update on projects for each row execute function note()`,
    proof: ['update projects set name = name returning name'],
    shows: 'alpha',
  },
  'a history in a tenant table': {
    setup: `create table changes (tenant_id uuid not null, what text);
      create index on changes (tenant_id);
      create policy tenant_access on changes to app_user using (${OWN}) with check (${OWN});
      create policy tenant_isolation on changes as restrictive to app_user using (${OWN}) with check (${OWN});
      create policy tenant_admin on changes to app_admin using (true) with check (true);
      alter table changes alter tenant_id set default nullif(current_setting('app.tenant_id', true), '')::uuid;
      alter table changes owner to app_owner; alter table changes enable row level security;
      alter table changes force row level security;
      grant select, insert on changes to app_user;
      create function note() returns trigger language plpgsql
        as 'begin insert into public.changes values (new.tenant_id, new.name); return new; end';
      create trigger note after update on projects for each row execute function note()`,
    proof: ['update projects set name = name', 'select what from changes'],
    config: { tables: { changes: {} } },
    shows: 'alpha',
  },
  'a trigger that stamps': {
    setup: `alter table projects add column updated_at timestamptz;
      create function stamp() returns trigger language plpgsql
        as 'begin new.updated_at := now(); return new; end';
      create trigger stamp before update on projects for each row execute function stamp()`,
    proof: ['update projects set name = name returning name'],
    shows: 'alpha',
  },
  'a cascade within a tenant': {
    setup: `alter table tasks drop constraint tasks_tenant_id_project_id_fkey,
        add foreign key (tenant_id, project_id) references projects (tenant_id, id) on delete cascade`,
    proof: ['delete from projects returning name'],
    shows: 'alpha',
  },
  'a cascade under which a trigger asks for the tenant of the row': {
    setup: `alter table tasks drop constraint tasks_tenant_id_project_id_fkey,
        add foreign key (tenant_id, project_id) references projects (tenant_id, id) on delete cascade;
      create function recount() returns trigger language plpgsql as $$ begin
        update public.comments set body = 'less' where tenant_id = old.tenant_id and id = old.id;
        return old; end $$;
      create trigger recount before delete on tasks for each row execute function recount()`,
    proof: ['delete from projects returning name'],
    shows: 'alpha',
  },
  'a cascade under which a trigger stamps': {
    setup: `alter table tasks drop constraint tasks_tenant_id_project_id_fkey,
        add foreign key (tenant_id, project_id) references projects (tenant_id, id) on delete cascade;
      create function pass() returns trigger language plpgsql as 'begin return old; end';
      create trigger pass before delete on tasks for each row execute function pass()`,
    proof: ['delete from projects returning name'],
    shows: 'alpha',
  },
  'a table of no tenant to which rows of tenants refer': {
    setup: `alter table projects add column country text references countries`,
    proof: [`delete from countries where code = 'de' returning code`],
    shows: 'de',
  },
  'what a view stored, for the admin': {
    setup: `create materialized view stored as select name from projects; grant select on stored to app_admin`,
    proof: ['select * from stored'],
  },
  'a role for reports with a policy of its own': {
    setup: `create role @reports login; grant select on projects to @reports;
      create policy reports on projects for select to @reports using (true)`,
    proof: ['set role @reports', 'select name from projects'],
    shows: 'alpha',
  },
  'a role for backups': {
    setup: `create role @backup login bypassrls; grant pg_read_all_data to @backup`,
    proof: ['set role @backup', 'select name from projects'],
    shows: 'alpha',
  },
  'a role for jobs that may become the application': {
    setup: `create role @jobs login; grant app_user to @jobs`,
    proof: ['select name from projects'],
    shows: 'alpha',
  },
  'a role that monitors': {
    setup: `create role @monitor login; grant pg_monitor to @monitor;
      grant execute on function pg_stat_reset() to @monitor`,
    proof: ['select name from projects'],
    shows: 'alpha',
  },
  'a group without privileges of its own': {
    setup: `create role @staff; grant @staff to app_user`,
    proof: ['select name from projects'],
    shows: 'alpha',
  },
  'a schema of another program without a trace of tenants': {
    setup: `create schema engine; grant usage on schema engine to app_user;
      create table engine.scheduled_events (id int, at timestamptz);
      grant select, insert on engine.scheduled_events to app_user`,
    proof: ['select id from engine.scheduled_events', 'select name from projects'],
    shows: 'alpha',
  },
  'an outbox that the application only fills': {
    setup: `create schema outbox; grant usage on schema outbox to app_user;
      create table outbox.events (tenant_id uuid, body text); grant insert on outbox.events to app_user`,
    proof: [`insert into outbox.events values ('${A}', 'x')`, 'select name from projects'],
    shows: 'alpha',
  },
  'a notification with the key of the row': {
    setup: `create function tell() returns trigger language plpgsql as $$ begin
        if old is distinct from new then
          perform pg_notify('rows', json_build_object('table', tg_table_name, 'id', new.id)::text);
        end if;
        return new; end $$;
      create trigger tell after update on projects for each row execute function tell()`,
    proof: ['update projects set name = name returning name'],
    shows: 'alpha',
  },
  'an event trigger that protects new tables': {
    setup: `create function protect() returns event_trigger language plpgsql security definer ${PATH} as $$
      declare created record;
      begin
        for created in select c.oid::regclass as name from pg_event_trigger_ddl_commands() d
          join pg_class c on d.classid = 'pg_class'::regclass and c.oid = d.objid where c.relkind = 'r'
        loop
          execute format('alter table %s enable row level security, force row level security', created.name);
        end loop;
      end $$;
      create event trigger protect on ddl_command_end when tag in ('CREATE TABLE') execute function protect()`,
    proof: ['select name from projects'],
    shows: 'alpha',
  },
  'a domain, an operator and an aggregate of trusted functions': {
    setup: `create function is_code(text) returns boolean language sql immutable as 'select $1 <> ''''';
      create domain label as text check (is_code(value));
      create function add(int, int) returns int language sql immutable as 'select $1 + $2';
      create operator |+| (leftarg = int, rightarg = int, function = add);
      create aggregate total(int) (sfunc = add, stype = int, initcond = '0');
      create type span as range (subtype = float8, subtype_diff = float8mi)`,
    proof: ['select total(id |+| 1) from projects', 'select name from projects'],
    shows: 'alpha',
  },
  'extensions that bring functions': {
    setup: `create extension btree_gist; create extension hstore; create extension pg_trgm;
      create extension pgcrypto; create extension citext; create extension tablefunc`,
    proof: ['select name from projects'],
    shows: 'alpha',
  },
  'dblink, closed': {
    setup: `create extension dblink;
      do $$ declare f regprocedure; begin
        for f in select p.oid from pg_proc p join pg_depend d on d.objid = p.oid and d.deptype = 'e'
          join pg_extension e on e.oid = d.refobjid where e.extname = 'dblink' and p.prokind = 'f'
        loop execute format('revoke execute on function %s from public', f); end loop;
      end $$`,
    proof: ['select name from projects'],
    shows: 'alpha',
  },
  'an exclusion constraint that begins with the tenant': {
    setup: `create extension btree_gist;
      alter table events add column during tstzrange,
        add exclude using gist (tenant_id with =, during with &&)`,
    proof: ['select name from projects'],
    shows: 'alpha',
  },
  'a rule that refuses to delete': {
    setup: `create table codes (code text); grant select, delete on codes to app_user;
      create rule keep as on delete to codes do instead nothing`,
    proof: ['delete from codes', 'select name from projects'],
    config: { global: ['countries', 'codes'] },
    shows: 'alpha',
  },
  'a view of the owner over what is of no tenant': {
    setup: `create view codes as select code from countries; grant select, insert on codes to app_user`,
    proof: ['select * from codes'],
    shows: 'fr',
  },
  'a procedure of partitions that jobs call': {
    setup: `create role @jobs login;
      create procedure extend(name text) language plpgsql security definer ${PATH} as $$ begin
        execute format('create table public.%I partition of public.visits default', name); end $$;
      revoke execute on procedure extend(text) from public; grant execute on procedure extend(text) to @jobs`,
    proof: ['select name from projects'],
    shows: 'alpha',
  },
}

import type { CorrectDesign } from './planted-case.ts'

const PATH = 'set search_path = pg_catalog, public, pg_temp'
const OWN = `tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid)`

/** Designs that are told from holes by their words. All of them stand in one database. */
export const SIBLING_DESIGNS: Readonly<Record<string, CorrectDesign>> = {
  'a join with the own tenant, and a search below AND': {
    setup: `create function found(q text) returns setof text language sql security definer ${PATH} as $$
      select p.name from public.projects p left join public.tasks t on t.tenant_id = p.tenant_id
      where p.${OWN} and (p.name ilike q or p.id::text = q) $$`,
    proof: [`select found('alpha')`],
    shows: 'alpha',
  },
  'the tenant in a function and in a variable': {
    setup: `create function current_tenant() returns uuid language sql stable
        as $$ select nullif(current_setting('app.tenant_id', true), '')::uuid $$;
      create function mine() returns setof text language plpgsql security definer ${PATH} as $$
      declare me uuid := nullif(current_setting('app.tenant_id', true), '')::uuid; begin
        return query select name from public.projects where tenant_id = me;
        return query select name from public.projects where tenant_id = public.current_tenant(); end $$`,
    proof: ['select mine()'],
    shows: 'alpha',
  },
  'a helper that only sets the tenant': {
    setup: `create function set_tenant(t uuid) returns void language sql
      as $$ select set_config('app.tenant_id', t::text, true) $$`,
    proof: ['select name from projects'],
    shows: 'alpha',
  },
  'a view of sizes': {
    setup: `create view sizes as select pg_total_relation_size('public.projects'::regclass) as bytes;
      grant select on sizes to app_user`,
    proof: ['select bytes > 0 as fits from sizes'],
    shows: 'fits',
  },
  'a key of a global table that the application may not change': {
    setup: `create table plans (code text primary key, title text); insert into plans values ('p', 'x');
      alter table projects add column plan text references plans on update cascade;
      grant select on plans to app_user; grant update (title) on plans to app_user`,
    proof: [`update plans set title = 'y' returning title`, 'select name from projects'],
    config: { global: ['plans'] },
    shows: 'alpha',
  },
  'a policy for another role by current_user': {
    setup: `create role @staff login; grant select on projects to @staff;
      create policy staff on projects for select using (current_user = '@staff');
      create role @lookup; grant usage on schema public to @lookup; grant select on projects to @lookup;
      create function counted() returns bigint language sql security definer ${PATH}
        as 'select count(*) from public.projects';
      alter function counted() owner to @lookup`,
    proof: ['select counted()', 'select name from projects'],
    shows: 'alpha',
  },
  'a log of the kind of change alone': {
    setup: `create table activity (what text); grant select, insert on activity to app_user, app_admin;
      create function log_it(t text) returns void language sql as 'insert into public.activity values (t)';
      create function note() returns trigger language plpgsql
        as 'begin perform public.log_it(tg_op); return new; end';
      create trigger note after update on projects for each row execute function note()`,
    proof: ['update projects set name = name returning name'],
    config: { global: ['activity'] },
    shows: 'alpha',
  },
  'a counter by a trigger whose function is closed': {
    setup: `alter table projects add tasks int default 0;
      create function count_task() returns trigger language plpgsql security definer ${PATH} as $$ begin
        update public.projects set tasks = tasks + 1 where tenant_id = new.tenant_id and id = new.project_id;
        return null; end $$;
      revoke execute on function count_task() from public;
      create trigger count_task after insert on tasks for each row execute function count_task()`,
    proof: [
      `insert into tasks values ('aaaaaaaa-0000-4000-8000-000000000001', 71, 1)`,
      'select tasks from projects',
    ],
    shows: '"tasks":1',
  },
  'a number for each tenant, behind the trigger that stamps': {
    setup: `alter table tasks add number int;
      create function stamp_task() returns trigger language plpgsql ${PATH} as $$ begin
        new.tenant_id := current_setting('app.tenant_id')::uuid; return new; end $$;
      create function number_task() returns trigger language plpgsql security definer ${PATH} as $$ begin
        new.number := (select count(*) from public.tasks where tenant_id = new.tenant_id); return new; end $$;
      revoke execute on function number_task() from public;
      create trigger a_stamp before insert on tasks for each row execute function stamp_task();
      create trigger b_number before insert on tasks for each row execute function number_task()`,
    proof: ['insert into tasks (id) values (72) returning number > 0 as numbered'],
    shows: 'numbered',
  },
  'jobs that write a log of themselves': {
    setup: `create table job_log (what text); grant select on job_log to app_user;
      create function log_job(t text) returns void language sql as $$ insert into public.job_log values (t) $$;
      create procedure recount() language plpgsql as $$ begin
        update public.tasks set project_id = null where not exists (select from public.projects);
        perform public.log_job('recount'); end $$;
      revoke execute on function log_job(text) from public;
      revoke execute on procedure recount() from public; call recount()`,
    proof: ['select * from job_log'],
    config: { global: ['job_log'] },
    shows: 'recount',
  },
  'the default of an argument, and a FILTER below the own tenant': {
    setup: `create function zero() returns int language sql immutable as 'select 0';
      create function named(size int default zero()) returns bigint language sql stable security definer ${PATH}
        as $$ select count(*) filter (where length(name) > size) from public.projects where ${OWN} $$`,
    proof: ['select named()'],
    shows: '"named":"1"',
  },
}

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
}

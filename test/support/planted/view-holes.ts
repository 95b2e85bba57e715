import { ALL_OF_B, GONE, type PlantedHole, SECRET } from './planted-case.ts'

/** Views, and what views stored. */
export const VIEW_HOLES: Readonly<Record<string, PlantedHole>> = {
  'a view of the admin': {
    setup: `create view names as select name from projects; alter view names owner to app_admin;
      grant select on names to app_user`,
    proof: ['select * from names'],
    shows: SECRET,
    check: 'view-bypasses-rls',
    road: 'a view that reads as app_admin',
  },
  'a view of a superuser that names the tenant, written through': {
    setup: `create view mine as select * from projects
        where tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid;
      grant select, insert on mine to app_user`,
    proof: [`insert into mine values ('bbbbbbbb-0000-4000-8000-000000000002', 99, 'planted')`],
    done: `select exists (select from projects where name = 'planted') as done`,
    check: 'view-bypasses-rls',
    road: 'reads public.mine → a view that reads as',
  },
  'a view that deletes as a superuser': {
    setup: `create view every_task as select id, tenant_id from tasks;
      grant select, delete on every_task to app_user`,
    proof: ['delete from every_task'],
    done: `select not exists (select from tasks) as done`,
    check: 'view-bypasses-rls',
    road: 'public.every_task',
  },
  'a view in another schema': {
    setup: `create schema api; grant usage on schema api to app_user;
      create view api.names as select name from public.projects; grant select on api.names to app_user`,
    proof: ['select * from api.names'],
    shows: SECRET,
    check: 'view-bypasses-rls',
    road: 'reads api.names',
  },
  'a view over a table that nobody listed': {
    setup: `create table old_rows (body text); insert into old_rows values ('SECRET-B');
      create view history as select body from old_rows; grant select on history to app_user`,
    proof: ['select * from history'],
    shows: SECRET,
    check: 'unlisted-table-reached',
    road: 'public.old_rows: it is neither listed nor global',
  },
  'a view over what a view stored': {
    setup: `create materialized view stored as select name from projects;
      create view names as select * from stored; grant select on names to app_user`,
    proof: ['select * from names'],
    shows: SECRET,
    check: 'materialized-view-exposed',
    road: 'public.projects: what public.stored stored of it',
  },
  'an invoker view over a definer view over what a view stored': {
    setup: `create materialized view stored as select name from projects;
      create view inner_names as select * from stored; grant select on inner_names to app_user;
      create view names with (security_invoker = true) as select * from inner_names;
      grant select on names to app_user`,
    proof: ['select * from names'],
    since: 15,
    shows: SECRET,
    check: 'materialized-view-exposed',
    road: 'public.projects: what public.stored stored of it',
  },
  'a view that stored what a function read': {
    setup: `create function rows_of() returns setof text language sql
        as 'select name from public.projects';
      create materialized view stored as select * from rows_of() as name;
      grant select on stored to app_user`,
    proof: ['select * from stored'],
    shows: SECRET,
    check: 'materialized-view-exposed',
    road: 'reads public.stored',
  },
  'what a view stored, for a group': {
    setup: `create role @readers; grant @readers to app_user;
      create schema stats; grant usage on schema stats to @readers;
      create materialized view stats.stored as select name from public.projects;
      grant select on stats.stored to @readers`,
    proof: ['select * from stats.stored'],
    shows: SECRET,
    check: 'materialized-view-exposed',
    road: 'reads stats.stored',
  },
  'a view that calls a function of a closed schema': {
    setup: `create schema closed;
      create function closed.names() returns text language sql security definer
        set search_path = pg_catalog, pg_temp as $$ select ${ALL_OF_B} $$;
      create view names as select closed.names() as names; grant select on names to app_user`,
    proof: ['select * from names'],
    shows: SECRET,
    check: 'function-security-definer',
    road: 'view public.names calls closed.names(), security definer',
  },
  'a parent that is listed as global': {
    setup: `create table stamped (note text);
      create table docs (tenant_id uuid not null) inherits (stamped); create index on docs (tenant_id);
      insert into docs (tenant_id, note) values ('bbbbbbbb-0000-4000-8000-000000000002', 'SECRET-B');
      alter table docs owner to app_owner; alter table docs enable row level security;
      alter table docs force row level security; grant select on docs, stamped to app_user`,
    proof: ['select note from stamped'],
    config: { tables: { projects: {}, docs: {} }, global: ['countries', 'stamped'] },
    shows: SECRET,
    check: 'global-table-parent-of-tenants',
    road: 'reads public.stamped',
  },
  'a table whose rows go with those of a global one': {
    setup: `alter table projects add column country text references countries on delete cascade;
      update projects set country = 'fr'; delete from tasks`,
    proof: [`delete from countries where code = 'fr'`],
    done: GONE,
    check: 'foreign-key-reaches-tenants',
    road: 'foreign key projects_country_fkey deletes from public.projects',
  },
  'a table whose rows lose a value with those of a global one': {
    setup: `alter table projects add column country text references countries on delete set null;
      update projects set country = 'fr'`,
    proof: [`delete from countries where code = 'fr'`],
    done: `select not exists (select from projects where country = 'fr') as done`,
    check: 'foreign-key-reaches-tenants',
    road: 'changes rows of every tenant',
  },
  'a key that a global table carries on': {
    setup: `alter table projects add column country text references countries on update cascade;
      update projects set country = 'fr'`,
    proof: [`update countries set code = 'xx' where code = 'fr'`],
    done: `select bool_and(country = 'xx') as done from projects`,
    check: 'foreign-key-reaches-tenants',
    road: 'updates public.countries → foreign key projects_country_fkey changes public.projects',
  },
}

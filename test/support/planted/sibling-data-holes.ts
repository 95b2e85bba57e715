import { type PlantedHole, SECRET } from './planted-case.ts'

const B = 'bbbbbbbb-0000-4000-8000-000000000002'

const FILLED = (number: number) => `create table filled${number} (what text);
  grant select, insert on filled${number} to app_user, app_admin`

const SERVER = `create server loop foreign data wrapper postgres_fdw
    options (host '127.0.0.1', port 'PORT', dbname '@@');
  create user mapping for current_user server loop options (user 'postgres');
  create user mapping for app_user server loop options (user 'postgres', password_required 'false')`

const REMOTE = `server loop options (schema_name 'public', table_name 'projects')`

/** Rows of tenants where no tenant table is. All of them stand in one database. */
export const SIBLING_DATA_HOLES: Readonly<Record<string, PlantedHole>> = {
  'a history that a helper of a trigger fills': {
    setup: `${FILLED(1)}; create function log1(t text) returns void language sql
        as 'insert into public.filled1 values (t)';
      create function note1() returns trigger language plpgsql
        as 'begin perform public.log1(new.name); return new; end';
      create trigger note1 after update on projects for each row execute function note1();
      update projects set name = name`,
    proof: ['select * from filled1'],
    config: { global: ['filled1'] },
    shows: SECRET,
    check: 'tenant-rows-copied',
    road: 'trigger note1 on public.projects fills it',
  },
  'a history of all rows of a statement': {
    setup: `${FILLED(2)}; create function note2() returns trigger language plpgsql
        as 'begin insert into public.filled2 select name from fresh; return null; end';
      create trigger note2 after update on projects referencing new table as fresh
        for each statement execute function note2();
      update projects set name = name`,
    proof: ['select * from filled2'],
    config: { global: ['filled2'] },
    shows: SECRET,
    check: 'tenant-rows-copied',
    road: 'trigger note2 on public.projects fills it',
  },
  'a history whose name is put together': {
    setup: `create table projects_log (what jsonb); grant select, insert on projects_log to app_user, app_admin;
      create function note3() returns trigger language plpgsql as $$ begin
        execute format('insert into public.%I select $1', tg_table_name || '_log') using to_jsonb(new);
        return null; end $$;
      create trigger note3 after update on projects for each row execute function note3();
      update projects set name = name`,
    proof: ['select * from projects_log'],
    config: { global: ['projects_log'] },
    shows: SECRET,
    check: 'tenant-rows-copied',
    road: 'trigger note3 on public.projects, which puts SQL together, fills it',
  },
  'a notification by a helper': {
    setup: `create function send4(t text) returns void language sql as $$ select pg_notify('rows4', t) $$;
      create function tell4() returns trigger language plpgsql
        as $$ begin perform public.send4(to_jsonb(new)::text); return new; end $$;
      create trigger tell4 after insert on projects for each row execute function tell4()`,
    proof: ['listen rows4'],
    meanwhile: `insert into projects values ('${B}', 204, 'SECRET-B')`,
    shows: SECRET,
    check: 'notification-carries-rows',
    road: 'Trigger tell4 calls public.tell4()',
  },
  'a notification that is put together': {
    setup: `create function tell5() returns trigger language plpgsql
        as $$ begin execute 'notify rows5, ' || quote_literal(new.name); return new; end $$;
      create trigger tell5 after insert on projects for each row execute function tell5()`,
    proof: ['listen rows5'],
    meanwhile: `insert into projects values ('${B}', 205, 'SECRET-B')`,
    shows: SECRET,
    check: 'notification-carries-rows',
    road: 'Trigger tell5 calls public.tell5()',
  },
  'a notification of all rows of a statement': {
    setup: `create function tell6() returns trigger language plpgsql as $$ begin
        perform pg_notify('rows6', (select json_agg(f)::text from fresh f)); return null; end $$;
      create trigger tell6 after insert on projects referencing new table as fresh
        for each statement execute function tell6()`,
    proof: ['listen rows6'],
    meanwhile: `insert into projects values ('${B}', 206, 'SECRET-B')`,
    shows: SECRET,
    check: 'notification-carries-rows',
    road: 'Trigger tell6 calls public.tell6()',
  },
  'a view that stored what SQL put together returned': {
    setup: `create function rows_of7(t text) returns setof text language plpgsql
        as $$ begin return query execute format('select name from public.%I', t); end $$;
      create materialized view stored7 as select * from rows_of7('projects') n;
      grant select on stored7 to app_user`,
    proof: ['select * from stored7'],
    shows: SECRET,
    check: 'materialized-view-exposed',
    road: 'it stored what public.rows_of7(t text) returned, which puts SQL together',
  },
  'a view that stored what SQL in XML returned': {
    setup: `create materialized view stored8 as
        select query_to_xml('select name from public.projects', true, false, '')::text as x;
      grant select on stored8 to app_user`,
    proof: ['select * from stored8'],
    shows: SECRET,
    check: 'materialized-view-exposed',
    road: 'it stored what pg_catalog.query_to_xml(',
  },
  'a view that stored a foreign table': {
    setup: `${SERVER}; create schema remote; grant usage on schema remote to app_user;
      create foreign table remote.facts (name text) ${REMOTE};
      create materialized view stored9 as select * from remote.facts; grant select on stored9 to app_user`,
    proof: ['select * from stored9'],
    shows: SECRET,
    check: 'materialized-view-exposed',
    road: 'it stored rows that server loop sent of remote.facts',
  },
  'a foreign table in another schema': {
    setup: `create foreign table remote.others (name text) ${REMOTE}; grant select on remote.others to app_user`,
    proof: ['select * from remote.others'],
    shows: SECRET,
    check: 'foreign-table-reached',
    road: 'remote.others: rows from another server',
  },
  'a foreign table that is listed as global and is none': {
    setup: `create foreign table partner (name text) ${REMOTE}; grant select on partner to app_user`,
    proof: ['select * from partner'],
    config: { global: ['partner'] },
    shows: SECRET,
    check: 'foreign-table-reached',
    road: 'public.partner: rows from another server',
  },
  'a view that writes a foreign table': {
    setup: `create foreign table remote.written (tenant_id uuid, id int, name text) ${REMOTE};
      create view writes12 as select * from remote.written; grant insert on writes12 to app_user`,
    proof: [`insert into writes12 values ('${B}', 212, 'planted')`],
    done: `select exists (select from projects where name = 'planted') as done`,
    check: 'foreign-table-reached',
    road: 'remote.written: rows from another server',
  },
  'a file that a view reads': {
    setup: `create server files foreign data wrapper file_fdw;
      create foreign table remote.lines (line text) server files options (program 'echo SECRET-B');
      create view lines13 as select * from remote.lines; grant select on lines13 to app_user`,
    proof: ['select * from lines13'],
    shows: SECRET,
    check: 'foreign-table-reached',
    road: 'remote.lines: rows from another server',
  },
  'a role whose policy is for itself': {
    setup: `create role @staff; grant select on comments to @staff; grant @staff to app_user;
      create policy staff on comments for select to @staff using (current_user = '@staff')`,
    proof: ['set role @staff', 'select body from comments'],
    shows: SECRET,
    check: 'app-role-can-set-role',
    road: 'as staff, whose policy staff is',
  },
  'a role whose policy is a switch': {
    setup: `create role @agent; grant select on comments to @agent; grant @agent to app_user;
      create function is_agent() returns boolean language sql stable
        as $$ select current_setting('app.agent', true) = 'on' $$;
      create policy agent on comments for select to @agent using (is_agent())`,
    proof: ['set role @agent', `set app.agent = 'on'`, 'select body from comments'],
    shows: SECRET,
    check: 'app-role-can-set-role',
    road: 'SET ROLE agent',
  },
  'rows that go with those of one partition': {
    setup: `create table regions (code text primary key) partition by list (code);
      create table regions_eu partition of regions default; insert into regions values ('r');
      alter table events add column region text references regions on delete cascade;
      update events set region = 'r'; grant select, delete on regions_eu to app_user`,
    proof: ['delete from regions_eu'],
    config: { global: ['regions'] },
    done: `select not exists (select from events) as done`,
    check: 'foreign-key-reaches-tenants',
    road: 'deletes from public.regions_eu → foreign key events_region_fkey',
  },
  'a name that a temporary table takes under a cascade': {
    setup: `alter table tasks drop constraint tasks_tenant_id_project_id_fkey,
        add foreign key (tenant_id, project_id) references projects (tenant_id, id) on delete cascade;
      create table marks (id int); alter table marks owner to app_owner;
      create function mark() returns trigger language plpgsql
        as $$ begin insert into marks values (old.id); return old; end $$;
      create trigger mark before delete on tasks for each row execute function mark()`,
    proof: [
      'create temporary table marks (id int)',
      'create temporary table loot (name text)',
      'grant insert on marks, loot to public',
      `create function pg_temp.spy() returns trigger language plpgsql
        as $$ begin insert into loot select name from public.projects; return null; end $$`,
      'create trigger spy before insert on marks for each row execute function pg_temp.spy()',
      'delete from projects where id = 1',
      'select * from loot',
    ],
    config: { global: ['marks'] },
    shows: SECRET,
    check: 'function-search-path-mutable',
    road: 'makes it run as app_owner and finds a temporary table',
  },
}

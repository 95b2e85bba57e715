import { ALL_OF_B, type PlantedHole, SECRET } from './planted-case.ts'

const B = 'bbbbbbbb-0000-4000-8000-000000000002'

/** Rows of tenants that are in no tenant table, and the doors beside tables. */
export const DATA_HOLES: Readonly<Record<string, PlantedHole>> = {
  'a history that a trigger fills, listed as global': {
    setup: `create table changes (what text); grant insert, select on changes to app_user, app_admin;
      create function note() returns trigger language plpgsql
        as 'begin insert into public.changes values (new.name); return new; end';
      create trigger note after update on projects for each row execute function note();
      grant app_admin to app_owner; update projects set name = name`,
    proof: ['select * from changes'],
    config: { global: ['countries', 'changes'] },
    shows: SECRET,
    check: 'tenant-rows-copied',
    road: 'trigger note on public.projects fills it from public.projects',
  },
  'an outbox that a rule fills, in another schema': {
    setup: `create schema outbox; grant usage on schema outbox to app_user;
      create table outbox.events (body text); grant select on outbox.events to app_user;
      grant usage on schema outbox to app_owner; grant insert on outbox.events to app_owner;
      create rule send as on update to projects do also insert into outbox.events values (new.name);
      update projects set name = name`,
    proof: ['select * from outbox.events'],
    shows: SECRET,
    check: 'tenant-rows-copied',
    road: 'rule send on public.projects fills it',
  },
  'a copy of a table in another schema': {
    setup: `create schema archive; grant usage on schema archive to app_user;
      create table archive.projects as table public.projects; grant select on archive.projects to app_user`,
    proof: ['select * from archive.projects'],
    shows: SECRET,
    check: 'table-outside-schemas',
    road: 'archive.projects: it has a column tenant_id',
  },
  'a table in another schema, called after a tenant table': {
    setup: `create schema archive; grant usage on schema archive to app_user;
      create table archive.projects_old as select name from projects;
      grant select on archive.projects_old to app_user`,
    proof: ['select * from archive.projects_old'],
    shows: SECRET,
    check: 'table-outside-schemas',
    road: 'it is called after public.projects',
  },
  'a table with row security and an open policy': {
    setup: `create table history (org uuid, body text); insert into history values ('${B}', 'SECRET-B');
      alter table history enable row level security; create policy p on history using (true);
      grant select on history to app_user`,
    proof: ['select * from history'],
    shows: SECRET,
    check: 'unclassified-table',
    road: 'app_user',
  },
  'a member of an extension': {
    setup: `create table queue (body text); insert into queue values ('SECRET-B');
      alter extension plpgsql add table queue; grant select on queue to app_user`,
    proof: ['select * from queue'],
    shows: SECRET,
    check: 'unclassified-table',
    road: 'app_user',
  },
  'a global table with a tenant column': {
    setup: `create table sessions (tenant_id uuid, token text);
      insert into sessions values ('${B}', 'SECRET-B'); grant select on sessions to app_user`,
    proof: ['select * from sessions'],
    config: { global: ['countries', 'sessions'] },
    shows: SECRET,
    check: 'global-table-with-tenant-column',
    road: 'public.sessions: it has a column tenant_id',
  },
  'a foreign key that tells': {
    setup: `create table links (tenant uuid, id int,
        foreign key (tenant, id) references projects (tenant_id, id));
      grant insert on links to app_user`,
    proof: [`insert into links values ('${B}', 2)`, `insert into links values ('${B}', 3)`],
    config: { global: ['countries', 'links'] },
    shows: 'violates foreign key constraint',
    check: 'foreign-key-tells-of-tenants',
    road: 'looks into public.projects',
  },
  'a file of the server': {
    setup: `grant execute on function pg_read_file(text), pg_ls_dir(text) to app_user`,
    proof: [`select pg_read_file('PG_VERSION')`],
    shows: 'pg_read_file',
    check: 'closed-function-executable',
    road: 'by default only superusers may',
  },
  'the statistics': {
    setup: `insert into projects select '${B}', g, 'SECRET-B' from generate_series(10, 40) g;
      grant select on pg_catalog.pg_statistic to app_user; analyze projects`,
    proof: [
      `select stavalues1::text from pg_statistic where starelid = 'projects'::regclass and staattnum = 3`,
    ],
    shows: SECRET,
    check: 'catalog-readable',
    road: 'values of the rows of every tenant',
  },
  'an internal function under another name': {
    setup: `create function file_text(text) returns text language internal as 'pg_read_file_all'`,
    proof: [`select length(file_text('PG_VERSION')) as length`],
    shows: 'length',
    check: 'function-untrusted-language',
    road: 'it is in internal',
  },
  'large objects that are open to all': {
    setup: `select lo_from_bytea(4711, 'SECRET-B'); alter database @@ set lo_compat_privileges = on`,
    proof: [`select encode(lo_get(4711), 'escape')`],
    shows: SECRET,
    check: 'large-objects',
    road: 'lo_compat_privileges',
  },
  'SQL that is put together': {
    setup: `create function ask(what text) returns setof text language plpgsql security definer
        set search_path = pg_catalog, pg_temp as 'begin return query execute what; end'`,
    proof: [`select ask('select name from public.projects')`],
    shows: SECRET,
    check: 'function-security-definer',
    road: 'it puts SQL together and runs it',
  },
  'SQL in XML': {
    setup: `create function as_xml(what text) returns xml language sql security definer
        set search_path = pg_catalog, pg_temp as $$ select query_to_xml(what, true, false, '') $$`,
    proof: [`select as_xml('select name from public.projects')`],
    shows: SECRET,
    check: 'function-security-definer',
    road: 'query_to_xml runs SQL that it is given',
  },
  'SQL of the owner that switches row security off': {
    setup: `create function maintain(what text) returns void language plpgsql security definer
        set search_path = pg_catalog, public, pg_temp as 'begin execute what; end';
      alter function maintain(text) owner to app_owner`,
    proof: [
      `select maintain('alter table projects disable row level security')`,
      'select name from projects',
    ],
    shows: SECRET,
    check: 'function-security-definer',
    road: 'the owner, who may switch row security off',
  },
  'a name that a temporary table takes': {
    setup: `create table members (role text); insert into members values ('user');
      alter table members owner to app_owner;
      create function my_role() returns text language sql stable security definer
        set search_path = public as 'select role from members';
      alter function my_role() owner to app_owner`,
    proof: [
      `create temporary table members (role text)`,
      `insert into members values ('SECRET-B forged'); grant select on members to public`,
      'select my_role()',
    ],
    shows: SECRET,
    check: 'function-search-path-mutable',
    road: 'temporary table',
  },
  'a schema of the path in which the login may create': {
    setup: `create schema shared; grant usage, create on schema shared to app_user;
      create function public.norm(text) returns text language sql as 'select $1';
      create function public.label() returns text language sql security definer
        set search_path = shared, public, pg_temp as 'select norm(''x'')'`,
    proof: [
      `create function shared.norm(text) returns text language sql as $$ select ${ALL_OF_B} $$`,
      'select public.label()',
    ],
    shows: SECRET,
    check: 'function-search-path-mutable',
    road: 'shared',
  },
  'a tenant that is the same in another case': {
    setup: `create collation any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
      create table notes (tenant_id text collate any_case not null, body text);
      create index on notes (tenant_id);
      create policy tenant_access on notes to app_user
        using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')));
      alter table notes enable row level security; alter table notes owner to app_owner;
      insert into notes values (upper('aaaaaaaa-0000-4000-8000-000000000001'), 'SECRET-B');
      alter table notes force row level security; grant select on notes to app_user`,
    proof: ['select * from notes'],
    config: { tables: { projects: {}, notes: {} }, global: ['countries'] },
    shows: SECRET,
    check: 'tenant-column-collation',
    road: 'to which different texts are equal',
  },
  'a row that excludes those of other tenants': {
    setup: `create extension btree_gist;
      create table bookings (tenant_id uuid not null, room int,
        exclude using gist (tenant_id with <>, room with =));
      insert into bookings values ('${B}', 7); alter table bookings owner to app_owner;
      grant insert on bookings to app_user`,
    proof: [
      `insert into bookings values ('aaaaaaaa-0000-4000-8000-000000000001', 8)`,
      `insert into bookings values ('aaaaaaaa-0000-4000-8000-000000000001', 7)`,
    ],
    config: { tables: { projects: {}, bookings: {} }, global: ['countries'] },
    shows: 'conflicting key',
    check: 'exclusion-tenant-not-equal',
    road: 'compares tenants by <>',
  },
  'a cast that makes another tenant of a text': {
    setup: `create function to_tenant(text) returns uuid language sql immutable
        as $$ select '${B}'::varchar::uuid $$;
      create cast (text as uuid) with function to_tenant(text) as assignment;
      drop policy tenant_access on projects; drop policy tenant_isolation on projects;
      create policy tenant_access on projects to app_user
        using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
      create policy tenant_isolation on projects as restrictive to app_user
        using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))`,
    proof: ['select name from projects'],
    shows: SECRET,
    check: 'tenant-cast-user-defined',
    road: 'public.to_tenant(text)',
  },
  'a foreign table with the login of the owner of a view': {
    setup: `create extension postgres_fdw;
      create server loop foreign data wrapper postgres_fdw
        options (host '127.0.0.1', port 'PORT', dbname '@@');
      create user mapping for current_user server loop options (user 'postgres');
      create foreign table remote_names (name text) server loop
        options (schema_name 'public', table_name 'projects');
      create view names as select name from remote_names; grant select on names to app_user`,
    proof: ['select * from names'],
    shows: SECRET,
    check: 'foreign-table-reached',
    road: 'public.remote_names: rows from another server',
  },
  'a server that the login may use': {
    setup: `create extension postgres_fdw;
      create server loop foreign data wrapper postgres_fdw
        options (host '127.0.0.1', port 'PORT', dbname '@@');
      create user mapping for public server loop
        options (user 'postgres', password_required 'false');
      grant usage on foreign server loop to app_user`,
    proof: [
      `create foreign table pg_temp.names (name text) server loop
         options (schema_name 'public', table_name 'projects')`,
      'select * from pg_temp.names',
    ],
    shows: SECRET,
    check: 'fdw-user-mapping',
    road: 'has a login on it',
  },
}

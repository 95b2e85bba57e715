/** Beside `CORRECT_SCHEMA`, a thing of each kind that a snapshot holds. */
export const RICH_SCHEMA = `
  create schema other;
  grant usage on schema other to app_user;
  create extension btree_gist;
  grant some_role to app_user;
  alter role app_user set search_path = public;
  create table other.notes (id int primary key, tenant_id uuid, body text);
  alter table other.notes enable row level security;
  create policy own_notes on other.notes to app_user using (length(body) > 3);
  grant select, insert (id) on other.notes to app_user;
  create sequence tickets;
  grant usage on sequence tickets to app_user;

  create function tenants_of(who text) returns setof uuid language sql security definer
    set search_path = pg_catalog as $$ select tenant_id from public.projects where name = who and name <> 'word-of-a-body' $$;
  create function stamp() returns trigger language plpgsql as $$
    begin
      new.name := coalesce(new.name, 'word-of-a-body');
      perform pg_notify('projects', new.name);
      perform set_config('app.last', new.name, true);
      insert into other.notes (id) values (1) on conflict (id) do nothing;
      execute format('select 1 from %I', tg_table_name);
      return new;
    end $$;
  create trigger stamp before insert or update on projects for each row execute function stamp();
  create function every_note() returns setof other.notes language sql stable as $$
    select * from other.notes where tenant_id = current_setting('app.tenant_id')::uuid $$;
  create function keep(state int, value int) returns int immutable language sql as 'select $1 + $2';
  create aggregate summed(int) (sfunc = keep, stype = int, initcond = '0');
  create function same(int, text) returns boolean immutable language sql as $$ select $1::text = $2 $$;
  create operator === (function = same, leftarg = int, rightarg = text);
  create type ticket as (id int);
  create function as_ticket(int) returns ticket immutable language sql as 'select row($1)::ticket';
  create cast (int as ticket) with function as_ticket(int);
  create function on_ddl() returns event_trigger language plpgsql as 'begin end';
  create event trigger on_@@ on ddl_command_end when tag in ('CREATE TABLE')
    execute function on_ddl();
  alter event trigger on_@@ disable;

  create view titles as select id, name from projects;
  create materialized view counts as select tenant_id, count(*) from tasks group by tenant_id;
  grant select on titles, counts to app_user;
  create rule quiet as on update to titles do also insert into other.notes (id) values (new.id);
  create table children (check (id > 0)) inherits (other.notes);
  create table bookings (
    id int primary key,
    note int references other.notes on delete cascade,
    parent int references bookings (id) on update set null,
    slot int4range,
    exclude using gist (slot with &&)
  );
  alter table bookings add constraint late check (id > 0) not valid;
  create index on bookings (abs(id)) where id > 1;
  create table halves (id int, half int generated always as (id / 2) stored) partition by range ((id + 0));
  create table first_half partition of halves for values from (0) to (9);
  create statistics even (dependencies) on id, half from halves;
  create publication all_@@ for table projects;
  alter default privileges in schema other grant select on tables to app_user;
  create foreign data wrapper nowhere;
  create server remote foreign data wrapper nowhere;
  create user mapping for public server remote;
  create foreign table far (id int) server remote;
  grant select on far to app_user;
  select lo_create(424242);
  grant select on large object 424242 to app_user;
  grant select on pg_authid to app_user;
  create collation loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
  create table labels (tenant_id text collate loose);
  alter policy tenant_access on tasks using (true);
`

import { FOREIGN_KEY_STATES } from './foreign-key-states.ts'
import { ALL, from, PROJECTS } from './part-state.ts'
import type { StartingState } from './starting-state.ts'

const UNIQUE_KEYS: Readonly<Record<string, StartingState>> = {
  'unique keys of every kind': {
    sql: `create table users (
        id int generated always as identity primary key, tenant_id uuid not null,
        email text, slug text unique deferrable initially deferred, code int, name text collate "C",
        deleted_at date, unique (code) include (name)
      );
      create unique index users_email_idx on users (lower(email)) where deleted_at is null;
      create unique index users_name_idx on users (name text_pattern_ops desc nulls last) include (code)
        with (fillfactor = 70);
      insert into users (tenant_id, email, slug, code) values ('A', 'a', 'a', 1), ('B', 'b', 'b', 2);
      ${from(15, 'create unique index users_both_idx on users (code, name) nulls not distinct')}`,
    tables: { users: {} },
    parts: ['unique-keys'],
  },
  'a unique key that is meant to span all tenants': {
    sql: `create table users (id int, tenant_id uuid not null, email text unique, primary key (tenant_id, id));
      insert into users values (1, 'A', 'a'), (1, 'B', 'b')`,
    tables: { users: { globalKeys: ['users_email_key'] } },
    parts: ['unique-keys'],
  },
  'a unique key whose successor is there': {
    sql: `create table projects (id int primary key, tenant_id uuid not null, slug text unique,
        unique (tenant_id, id), unique (tenant_id, slug));
      create table tasks (tenant_id uuid not null, project_id int,
        foreign key (tenant_id, project_id) references projects (tenant_id, id));
      insert into projects values (1, 'A', 'a'), (2, 'B', 'b'); insert into tasks values ('A', 1), ('B', 2)`,
    tables: { projects: {}, tasks: {} },
    parts: ALL,
  },
  'a primary key whose successor is a plain index with a foreign key': {
    sql: `create table projects (id int primary key, tenant_id uuid not null);
      create unique index by_tenant on projects (tenant_id, id);
      create table tasks (tenant_id uuid not null, project_id int,
        foreign key (tenant_id, project_id) references projects (tenant_id, id));
      insert into projects values (1, 'A'), (2, 'B'); insert into tasks values ('A', 1), ('B', 2)`,
    tables: { projects: {}, tasks: {} },
    parts: ALL,
  },
  'unique keys that others need': {
    sql: `${PROJECTS} create table countries (project_id int references projects);
      create table labels (id int primary key, tenant_id uuid not null, name text);
      insert into labels values (1, 'A'), (2, 'B');
      create view grouped as select id, name from labels group by id;
      create table events (id int not null unique, tenant_id uuid not null);
      alter table events replica identity using index events_id_key;
      insert into events values (1, 'A'), (2, 'B')`,
    tables: { projects: {}, labels: {}, events: {} },
    parts: ['foreign-keys', 'unique-keys'],
    advice: [
      'foreign-key-tells-of-tenants',
      'unclassified-table',
      'unique-without-tenant',
      'view-bypasses-rls',
    ],
  },
  'unique keys of a partitioned table': {
    sql: `create table events (id int, tenant_id uuid not null, code int, slug text, primary key (id), unique (code, id))
        partition by range (id);
      create table events_1 partition of events for values from (0) to (2);
      create table events_2 partition of events for values from (2) to (9);
      create unique index events_slug on events (slug, id);
      insert into events values (1, 'A', 1, 'a'), (2, 'B', 2, 'b')`,
    tables: { events: {} },
    parts: ['unique-keys'],
  },
  'unique keys of an inherited table': {
    sql: `create table notes (id int primary key, tenant_id uuid not null);
      create table memos (primary key (id)) inherits (notes);
      insert into notes values (1, 'A'), (2, 'B'); insert into memos values (1, 'A'), (2, 'B')`,
    tables: { notes: {} },
    parts: ['unique-keys'],
  },
  'a unique index that a failed build left invalid, and its successor too': {
    sql: `create table notes (id int, tenant_id uuid not null); insert into notes values (1, 'A'), (1, 'B');
      create unique index notes_by_id on notes (id) where id > 1;
      create unique index notes_by_tenant on notes (tenant_id, id) where id > 1;
      update pg_index set indisvalid = false where indexrelid in ('notes_by_id'::regclass, 'notes_by_tenant'::regclass)`,
    tables: { notes: {} },
    parts: ['unique-keys'],
    stays: `create unique index notes_by_tenant on notes (tenant_id, id) where id > 1;
      update pg_index set indisvalid = false where indexrelid in ('notes_by_id'::regclass, 'notes_by_tenant'::regclass)`,
  },
}

const PRIVILEGES: Readonly<Record<string, StartingState>> = {
  'views that read as their owner': {
    sql: `${PROJECTS} create view titles as select id, tenant_id, title from projects;
      create view long_titles as select * from titles where length(title) > 10;
      create view numbers as select 1 as n`,
    tables: { projects: {} },
    parts: ['views', 'unique-keys'],
    before15: ['view-bypasses-rls'],
  },
  'privileges that no statement needs': {
    sql: `${PROJECTS} grant all on projects to APP; grant select, references (title) on projects to public;
      grant references (id, title), update (title) on projects to APP with grant option`,
    tables: { projects: {} },
    parts: ['grants', 'unique-keys'],
  },
  'privileges of PUBLIC': {
    sql: `create table notes (tenant_id uuid not null, id int); insert into notes values ('A', 1), ('B', 2);
      grant all on notes to public`,
    tables: { notes: {} },
    parts: ALL,
  },
}

/** States for the optional parts of the plan. */
export const PART_STATES: Readonly<Record<string, StartingState>> = {
  ...FOREIGN_KEY_STATES,
  ...UNIQUE_KEYS,
  ...PRIVILEGES,
}

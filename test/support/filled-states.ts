import { KEYS, PARENT, PROJECTS, rows, type StartingState } from './starting-state.ts'

const NULLABLE: Readonly<Record<string, StartingState>> = {
  'a nullable column': { sql: rows('notes', 'tenant_id uuid, id int'), tables: { notes: {} } },
  'a nullable column with a default': {
    sql: rows('notes', `tenant_id uuid default gen_random_uuid(), id int`),
    tables: { notes: {} },
  },
  'a nullable column, partitioned': {
    sql: `create table events (tenant_id uuid, id int) partition by range (id);
      create table events_1 partition of events for values from (0) to (2);
      create table events_2 partition of events for values from (2) to (9);
      alter table events_2 alter tenant_id set not null;
      insert into events values ('A', 1), ('B', 2)`,
    tables: { events: {} },
  },
  'a nullable column, inherited': {
    sql: `${rows('notes', 'tenant_id uuid, id int')} create table memos () inherits (notes);
      insert into memos values ('A', 3), ('B', 4)`,
    tables: { notes: {} },
  },
  'a nullable column with gaps, filled from the parent': {
    sql: `${PARENT} create table tasks (tenant_id uuid, id int, project_id int references projects);
      insert into tasks values ('A', 1, 1), (null, 2, 2)`,
    tables: { projects: {}, tasks: { backfill: { parent: 'projects' } } },
    advice: KEYS,
  },
  'a nullable column with gaps, filled with a constant': {
    sql: `create table notes (tenant_id uuid, id int); insert into notes values ('A', 1), (null, 2)`,
    tables: { notes: { backfill: { tenant: 'B' } } },
  },
}

const MISSING: Readonly<Record<string, StartingState>> = {
  'no column, and one parent': {
    sql: `${PARENT} create table tasks (id int, project_id int not null references projects);
      insert into tasks values (1, 1), (2, 2)`,
    tables: { tasks: {}, projects: {} },
    advice: KEYS,
  },
  'no column in a child and a grandchild': {
    sql: `${PARENT}
      create table tasks (id int primary key, project_id int not null references projects);
      create table comments (task_id int not null references tasks);
      insert into tasks values (1, 1), (2, 2); insert into comments values (1), (2)`,
    tables: { comments: {}, projects: {}, tasks: {} },
    advice: KEYS,
  },
  'no column, and a parent whose name is not plain': {
    sql: `create table "Projects" (region int, "no" int, "tenantId" uuid not null, primary key ("no", region));
      create table tasks (region int not null, project int not null,
        foreign key (project, region) references "Projects");
      insert into "Projects" values (1, 1, 'A'), (2, 2, 'B'); insert into tasks values (1, 1), (2, 2)`,
    tables: { Projects: { column: 'tenantId' }, tasks: {} },
    advice: KEYS,
  },
  'no column, and two parents, one of them named': {
    sql: `${PARENT} create table users (tenant_id uuid not null, id int primary key);
      insert into users values ('A', 1), ('B', 2);
      create table tasks (project_id int not null references projects, user_id int not null references users);
      insert into tasks values (1, 1), (2, 2)`,
    tables: { projects: {}, users: {}, tasks: { backfill: { parent: 'users' } } },
    advice: KEYS,
  },
  'no column, and a named parent whose key may be NULL': {
    sql: `${PARENT} create table tasks (id int, project_id int references projects);
      insert into tasks values (1, 1), (2, 2)`,
    tables: { projects: {}, tasks: { backfill: { parent: 'projects' } } },
    advice: KEYS,
  },
  'no column of a partitioned child': {
    sql: `${PARENT}
      create table visits (id int, project_id int not null references projects) partition by range (id);
      create table visits_1 partition of visits for values from (0) to (2);
      create table visits_2 partition of visits for values from (2) to (9);
      insert into visits values (1, 1), (2, 2)`,
    tables: { projects: {}, visits: {} },
    advice: KEYS,
  },
  'no column, and one tenant for all rows': {
    sql: `create table settings (id int); insert into settings values (1), (2)`,
    tables: { settings: { backfill: { tenant: 'A' } } },
    type: 'uuid',
  },
  'no column of an inherited table, and one tenant for all rows': {
    sql: `${PROJECTS} create table settings (id int); create table old_settings () inherits (settings);
      insert into settings values (1); insert into old_settings values (2)`,
    tables: { projects: {}, settings: { backfill: { tenant: 'B' } } },
  },
  'no column, and the type of a domain': {
    sql: `create domain org as uuid;
      create table projects (tenant_id org, id int, primary key (tenant_id, id));
      insert into projects values ('A', 1), ('B', 2);
      create table settings (id int); insert into settings values (1)`,
    tables: { projects: {}, settings: { backfill: { tenant: 'B' } } },
  },
}

/** A tenant column that may be NULL, or is missing. */
export const FILLED_STATES: Readonly<Record<string, StartingState>> = { ...NULLABLE, ...MISSING }

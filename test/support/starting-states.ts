import { FILLED_STATES } from './filled-states.ts'
import { PART_STATES } from './part-states.ts'
import { MARK, OWN, PROJECTS, rows, type StartingState } from './starting-state.ts'

const COLUMNS: Readonly<Record<string, StartingState>> = {
  untouched: { sql: PROJECTS, tables: { projects: {} } },
  'a text column': { sql: rows('notes', 'tenant_id text not null, id int'), tables: { notes: {} } },
  'a varchar with a length': {
    sql: rows('notes', 'tenant_id varchar(40) not null, id int'),
    tables: { notes: {} },
  },
  'an integer column': {
    sql: `create table notes (tenant_id int not null, id int); insert into notes values (1, 1), (2, 2)`,
    tables: { notes: {} },
  },
  'a bigint column': {
    sql: `create table notes (tenant_id bigint not null, id int); insert into notes values (1, 1), (2, 2)`,
    tables: { notes: {} },
  },
  'a domain over uuid': {
    sql: `create domain org as uuid; ${rows('notes', 'tenant_id org not null, id int')}`,
    tables: { notes: {} },
  },
  'a domain over a domain over varchar': {
    sql: `create domain code as varchar(40); create domain org as code;
      ${rows('notes', 'tenant_id org not null, id int')}`,
    tables: { notes: {} },
  },
  'names in mixed case': {
    sql: rows('"projectTasks"', '"tenantId" uuid not null, id int'),
    tables: { projectTasks: { column: 'tenantId' } },
  },
  'reserved words': {
    sql: rows('"order"', '"user" uuid not null, id int'),
    tables: { order: { column: 'user' } },
  },
  'names that are not ASCII': {
    sql: rows('"Größe"', '"Mandant ü" uuid not null, id int'),
    tables: { Größe: { column: 'Mandant ü' } },
  },
  'a name as long as names can be': {
    sql: `${rows(`t${'a'.repeat(60)}_1`, 'tenant_id uuid not null, id int')}
      ${rows(`t${'a'.repeat(60)}_2`, 'tenant_id uuid not null, id int')}`,
    tables: { [`t${'a'.repeat(60)}_1`]: {}, [`t${'a'.repeat(60)}_2`]: {} },
  },
  'one name in two schemas': {
    sql: `${rows('notes', 'tenant_id uuid not null, id int')}
      ${rows('billing.notes', 'org_id text not null, id int')}`,
    tables: { 'public.notes': {}, 'billing.notes': { column: 'org_id' } },
  },
  'the table of the tenants': {
    sql: `create table tenants (id uuid primary key default gen_random_uuid(), name text);
      insert into tenants values ('A', 'a'), ('B', 'b')`,
    tables: { tenants: { column: 'id' } },
  },
  'shared rows': {
    sql: `create table templates (tenant_id uuid, id int);
      insert into templates values ('A', 1), ('B', 2), (null, 3)`,
    tables: { templates: { shared: true } },
  },
  'a constant default': {
    sql: rows('notes', `tenant_id uuid not null default 'A', id int`),
    tables: { notes: {} },
  },
}

const INDEXES: Readonly<Record<string, StartingState>> = {
  'an index with the tenant in second place': {
    sql: `${rows('notes', 'tenant_id uuid not null, id int')} create index on notes (id, tenant_id)`,
    tables: { notes: {} },
  },
  'an index on a part of the rows': {
    sql: `${rows('notes', 'tenant_id uuid not null, id int')}
      create index on notes (tenant_id) where id > 1`,
    tables: { notes: {} },
  },
  'an index with the tenant in first place': {
    sql: `${rows('notes', 'tenant_id uuid not null, id int')} create index on notes (tenant_id, id)`,
    tables: { notes: {} },
  },
  'an index that a failed build left invalid': {
    sql: `${rows('notes', 'tenant_id uuid not null, id int')} create index by_tenant on notes (tenant_id);
      update pg_index set indisvalid = false where indexrelid = 'by_tenant'::regclass`,
    tables: { notes: {} },
    stays: `update pg_index set indisvalid = false where indexrelid = 'by_tenant'::regclass`,
  },
  'the name of the index taken by something else': {
    sql: `${rows('notes', 'tenant_id uuid not null, id int')}
      create index notes_tenant_id_idx on notes (id); create view notes_tenant_id_idx1 as select 1`,
    tables: { notes: {} },
  },
}

const FAMILIES: Readonly<Record<string, StartingState>> = {
  'partitions by date': {
    sql: `create table events (tenant_id uuid not null, at date) partition by range (at);
      create table events_1 partition of events for values from ('2025-01-01') to ('2026-01-01');
      create table events_2 partition of events default;
      insert into events values ('A', '2025-05-05'), ('B', '2025-05-05'), ('B', '2026-05-05')`,
    tables: { events: {} },
  },
  'partitions by tenant': {
    sql: `create table events (tenant_id uuid not null, id int) partition by list (tenant_id);
      create table events_a partition of events for values in ('A');
      create table events_b partition of events for values in ('B');
      insert into events values ('A', 1), ('B', 2)`,
    tables: { events: {} },
  },
  'partitions of partitions': {
    sql: `create table events (tenant_id uuid not null, id int) partition by range (id);
      create table events_1 partition of events for values from (0) to (9) partition by hash (tenant_id);
      create table events_1a partition of events_1 for values with (modulus 2, remainder 0);
      create table events_1b partition of events_1 for values with (modulus 2, remainder 1);
      insert into events values ('A', 1), ('B', 2)`,
    tables: { events: {} },
  },
  'a partition with an index of its own': {
    sql: `create table events (tenant_id uuid not null, id int) partition by range (id);
      create table events_1 partition of events for values from (0) to (9);
      create index mine on events_1 (tenant_id);
      insert into events values ('A', 1), ('B', 2)`,
    tables: { events: {} },
  },
  inheritance: {
    sql: `${rows('notes', 'tenant_id uuid not null, id int')} create table memos () inherits (notes);
      insert into memos values ('A', 3), ('B', 4)`,
    tables: { notes: {} },
  },
  'a view that reads as its caller': {
    // PostgreSQL 14 has no such views.
    sql: `${PROJECTS} do $do$ begin
      if current_setting('server_version_num')::int >= 150000 then
        create view titles with (security_invoker) as select tenant_id, title from projects;
      end if;
    end $do$`,
    tables: { projects: {} },
  },
  'keys that hold the tenant': {
    sql: `${PROJECTS} create table tasks (tenant_id uuid, project_id int, id int,
        primary key (tenant_id, id),
        foreign key (tenant_id, project_id) references projects (tenant_id, id));
      insert into tasks values ('A', 1, 1), ('B', 2, 2)`,
    tables: { tasks: {}, projects: {} },
  },
}

const SECURITY: Readonly<Record<string, StartingState>> = {
  'row security that is on, without a policy': {
    sql: `${PROJECTS} alter table projects enable row level security`,
    tables: { projects: {} },
  },
  'row security that is forced, and not on': {
    sql: `${PROJECTS} alter table projects force row level security`,
    tables: { projects: {} },
  },
  'a policy of the user': {
    sql: `${PROJECTS} create policy mine on projects as restrictive for select using (title <> 'secret')`,
    tables: { projects: {} },
  },
  'policies of the user, and only the boundary of the tool': {
    sql: `${PROJECTS} create policy mine on projects to APP using (${OWN}) with check (${OWN})`,
    tables: { projects: { access: 'boundary' } },
  },
  'only observed': {
    sql: `${PROJECTS} create table templates (tenant_id uuid, id int);
      insert into templates values ('A', 1), ('B', 2), (null, 3);
      create table events (tenant_id uuid not null, id int) partition by range (id);
      create table events_1 partition of events default; insert into events values ('A', 1), ('B', 2)`,
    tables: { projects: {}, templates: { shared: true }, events: { access: 'boundary' } },
    drift: `create policy mine on events to APP using (${OWN}) with check (${OWN});
      create policy mine on events_1 to APP using (${OWN}) with check (${OWN})`,
    isObserved: true,
  },
  'all in place': { sql: PROJECTS, tables: { projects: {} }, drift: '' },
}

const DRIFTS: Readonly<Record<string, string>> = {
  'no floor': 'drop policy tenant_isolation on projects',
  'a policy that lets everything through': `alter policy tenant_access on projects using (true);
    alter policy tenant_isolation on projects using (true) with check (true)`,
  'a floor for another command': `drop policy tenant_isolation on projects;
    create policy tenant_isolation on projects as restrictive for select using (${OWN});
    comment on policy tenant_isolation on projects ${MARK}`,
  'a surplus policy of the tool': `create policy more on projects using (true);
    comment on policy more on projects ${MARK}`,
  'row security switched off': 'alter table projects disable row level security',
  'row security not forced': 'alter table projects no force row level security',
  'a lost default': 'alter table projects alter tenant_id drop default',
}

export const STARTING_STATES: Readonly<Record<string, StartingState>> = {
  ...COLUMNS,
  ...INDEXES,
  ...FILLED_STATES,
  ...FAMILIES,
  ...SECURITY,
  ...PART_STATES,
  ...Object.fromEntries(
    Object.entries(DRIFTS).map(([name, drift]) => [
      `a drift: ${name}`,
      { sql: PROJECTS, tables: { projects: {} }, drift },
    ]),
  ),
}

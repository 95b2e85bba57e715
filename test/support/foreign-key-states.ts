import { ALL, PROJECTS, tasks } from './part-state.ts'
import type { StartingState } from './starting-state.ts'

/** Foreign keys that lead to a row of another tenant. */
export const FOREIGN_KEY_STATES: Readonly<Record<string, StartingState>> = {
  'a foreign key that cascades': {
    sql: PROJECTS + tasks('references projects on delete cascade on update cascade'),
    tables: { tasks: {}, projects: {} },
    parts: ALL,
  },
  'a foreign key, and unique keys that stay': {
    sql: PROJECTS + tasks('references projects on delete restrict on update restrict'),
    tables: { tasks: {}, projects: {} },
    parts: ['foreign-keys'],
    advice: ['unique-without-tenant'],
  },
  'a deferred foreign key that sets NULL': {
    sql: PROJECTS + tasks('references projects on delete set null deferrable initially deferred'),
    tables: { tasks: {}, projects: {} },
    parts: ALL,
    before15: ['fk-without-tenant', 'unique-without-tenant'],
  },
  'a foreign key with the tenant that sets NULL': {
    sql: `create table projects (id int, tenant_id uuid, primary key (tenant_id, id));
      create table tasks (tenant_id uuid not null, project_id int, id int,
        foreign key (tenant_id, project_id) references projects (tenant_id, id) on delete set null);
      insert into projects values (2, 'A'), (1, 'B'); insert into tasks values ('A', 2, 1), ('B', 1, 2)`,
    tables: { projects: {}, tasks: {} },
    parts: ALL,
    before15: ['fk-set-null-nulls-tenant'],
  },
  'a foreign key whose successor is there': {
    sql: `${PROJECTS} create unique index by_tenant on projects (tenant_id, id);
      ${tasks('references projects on delete cascade on update cascade')}
      alter table tasks add constraint new_key foreign key (project_id, tenant_id)
        references projects (id, tenant_id) on delete cascade not valid;
      create table notes (tenant_id uuid not null, project_id int references projects on delete cascade,
        constraint another_key foreign key (tenant_id, project_id) references projects (tenant_id, id));
      insert into notes values ('A', 2), ('B', 1)`,
    tables: { tasks: {}, notes: {}, projects: {} },
    parts: ALL,
  },
  'a foreign key to the table itself': {
    sql: `create table folders (id int primary key, tenant_id uuid not null,
        parent_id int references folders match full on delete cascade);
      insert into folders values (1, 'A', null), (2, 'A', 1), (3, 'B', null), (4, 'B', 3)`,
    tables: { folders: {} },
    parts: ALL,
  },
  'two foreign keys on one key, one of them not valid': {
    sql: `${PROJECTS} create table links (tenant_id uuid not null, source int, target int references projects);
      insert into links values ('A', 2, 2), ('B', 1, 1);
      alter table links add foreign key (source) references projects not valid`,
    tables: { links: {}, projects: {} },
    parts: ALL,
  },
  'a foreign key on names that are not plain': {
    sql: `create table "Projects" (region int, "no" int, "tenantId" uuid not null, primary key ("no", region));
      create table "user" ("order" uuid not null, region int, project int, constraint "Group" foreign key
        (project, region) references "Projects" on delete cascade);
      insert into "Projects" values (1, 1, 'A'), (1, 2, 'B'); insert into "user" values ('A', 1, 1), ('B', 1, 2)`,
    tables: { Projects: { column: 'tenantId' }, user: { column: 'order' } },
    parts: ALL,
  },
  'a foreign key of a table that gets its column': {
    sql: `${PROJECTS} create table tasks (id int primary key, project_id int not null references projects);
      create table comments (task_id int not null references tasks on delete cascade);
      insert into tasks values (2, 2), (1, 1); insert into comments values (1), (2)`,
    tables: { comments: {}, tasks: {}, projects: {} },
    parts: ALL,
  },
  'a foreign key of a partitioned table': {
    sql: `${PROJECTS} create table visits (id int, tenant_id uuid not null, project_id int references projects,
        primary key (id)) partition by range (id);
      create table visits_1 partition of visits for values from (0) to (2);
      create table visits_2 partition of visits for values from (2) to (9) partition by hash (id);
      create table visits_2a partition of visits_2 for values with (modulus 1, remainder 0);
      insert into visits values (2, 'A', 2), (1, 'B', 1)`,
    tables: { visits: {}, projects: {} },
    parts: ALL,
  },
  'keys of a partition that was attached with names of its own': {
    sql: `${PROJECTS} create table visits (id int, tenant_id uuid not null, project_id int, slug text,
        constraint by_id primary key (id), constraint by_project foreign key (project_id) references projects)
        partition by range (id);
      create unique index by_slug on visits (slug, id);
      create table old_visits (id int not null, tenant_id uuid not null, project_id int, slug text,
        constraint own_id primary key (id), constraint own_project foreign key (project_id) references projects);
      create unique index own_slug on old_visits (slug, id);
      alter table visits attach partition old_visits for values from (0) to (9);
      insert into visits values (2, 'A', 2), (1, 'B', 1)`,
    tables: { visits: {}, projects: {} },
    parts: ALL,
  },
  'a foreign key to a partitioned table': {
    sql: `create table projects (id int primary key, tenant_id uuid not null) partition by range (id);
      create table projects_1 partition of projects for values from (0) to (2);
      create table projects_2 partition of projects for values from (2) to (9);
      insert into projects values (2, 'A'), (1, 'B');
      ${tasks('references projects on delete cascade')}`,
    tables: { tasks: {}, projects: {} },
    parts: ALL,
  },
  'a foreign key that only the user can decide about': {
    sql: `create table tenants (id uuid primary key, name text); insert into tenants values ('A'), ('B');
      ${PROJECTS} create table shares (tenant_id uuid not null references tenants, partner_id uuid references tenants,
        region int, project_id int, unique (region, project_id));
      insert into shares values ('A', 'B', 1, 2), ('B', 'A', 2, 1);
      create table templates (tenant_id uuid, project_id int references projects);
      insert into templates values ('A', 2), ('B', 1), (null, 1);
      create table uses (tenant_id uuid not null, region int, project_id int,
        foreign key (region, project_id) references shares (region, project_id) match full);
      insert into uses values ('A', 1, 2), ('B', 2, 1)`,
    tables: {
      tenants: { column: 'id' },
      projects: {},
      shares: {},
      uses: {},
      templates: { shared: true },
    },
    parts: ALL,
    advice: ['fk-without-tenant', 'unique-without-tenant'],
  },
}

-- A B2B SaaS as its authors would write it: every key begins with the tenant, and nothing here
-- knows of row security. Loaded by crm_owner.

create table countries (
  code text primary key,
  name text not null
);

-- The registry of the tenants is a tenant table itself: its own key is the tenant.
create table tenants (
  id text primary key,
  name text not null,
  country_code text not null references countries (code)
);

create table users (
  tenant_id text not null references tenants (id),
  id bigint generated always as identity,
  email text not null,
  name text not null,
  primary key (tenant_id, id),
  unique (tenant_id, email)
);

create table projects (
  tenant_id text not null references tenants (id),
  id bigint generated always as identity,
  lead_id bigint not null,
  name text not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, lead_id) references users (tenant_id, id)
);
create index on projects (tenant_id, lead_id);

create table "projectTasks" (
  "tenantId" text not null references tenants (id),
  id bigint generated always as identity,
  "projectId" bigint not null,
  title text not null,
  "isDone" boolean not null default false,
  primary key ("tenantId", id),
  foreign key ("tenantId", "projectId") references projects (tenant_id, id) on delete cascade
);
create index on "projectTasks" ("tenantId", "projectId");

create table comments (
  tenant_id text not null references tenants (id),
  id bigint generated always as identity,
  task_id bigint not null,
  author_id bigint not null,
  body text not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, task_id) references "projectTasks" ("tenantId", id) on delete cascade,
  foreign key (tenant_id, author_id) references users (tenant_id, id)
);
create index on comments (tenant_id, task_id);
create index on comments (tenant_id, author_id);

-- A row without a tenant belongs to all of them, so the tenant cannot be part of a primary key.
create table templates (
  tenant_id text references tenants (id),
  name text not null,
  body text not null,
  unique nulls not distinct (tenant_id, name)
);

create table events (
  tenant_id text not null references tenants (id),
  id bigint generated always as identity,
  occurred_at timestamptz not null,
  name text not null,
  primary key (tenant_id, occurred_at, id)
) partition by range (occurred_at);
create table events_2026_01 partition of events
  for values from ('2026-01-01Z') to ('2026-02-01Z');
create table events_2026_02 partition of events
  for values from ('2026-02-01Z') to ('2026-03-01Z');

create view open_tasks with (security_invoker = true) as
  select t."tenantId" as tenant_id, p.name as project, t.title
  from "projectTasks" t
  join projects p on p.tenant_id = t."tenantId" and p.id = t."projectId"
  where not t."isDone";

create schema billing;

create table billing.subscriptions (
  tenant_id text primary key references tenants (id),
  plan text not null,
  seats integer not null
);

create table billing.invoices (
  org_id text not null references tenants (id),
  number integer not null,
  issued_on date not null,
  primary key (org_id, number)
);

create table billing.invoice_lines (
  tenant_id text not null references tenants (id),
  invoice_number integer not null,
  line integer not null,
  description text not null,
  cents bigint not null,
  primary key (tenant_id, invoice_number, line),
  foreign key (tenant_id, invoice_number) references billing.invoices (org_id, number)
);

grant usage on schema public, billing to crm_app, crm_admin;
-- The partitions are reached through their parent only.
grant select, insert, update, delete
  on tenants, users, projects, "projectTasks", comments, templates, events,
     billing.subscriptions, billing.invoices, billing.invoice_lines
  to crm_app, crm_admin;
grant select on countries, open_tasks to crm_app, crm_admin;

-- Written by `kysely-tenants migrate:rls --format sql` for `psql -v ON_ERROR_STOP=1 -f <file>`.
-- It is yours from here on: review it, then commit it.
--
-- Indexes: what the policies ask for is found without reading the rows of every tenant. Built
-- concurrently, in no transaction: reads and writes go on. Interrupted, it can run again.
--
-- Each table, its lock while a statement runs, and what it gets.
--   public.counters (share update exclusive): index counters_tenant_id_idx rebuilt
--   public."why\? Größe?" (share update exclusive): index why\? Größe?_tenant_id_idx
--   public.visits_1 (share update exclusive): index visits_1_tenant_id_idx
--   public.watched (share update exclusive): index watched_tenant_id_idx
--   public.projects (share update exclusive): index projects_tenant_id_id_key
--   public."projectTasks" (share update exclusive): index projectTasks_tenantId_id_key
--   public.labels (share update exclusive): index labels_tenant_id_id_key
--   billing.orders (share update exclusive): index orders_tenant_id_id_key
--   billing.offers (share update exclusive): index offers_tenant_id_id_key
--   public.notes (share update exclusive): index notes_tenant_id_id_key
--   public.comments (share update exclusive): index comments_tenant_id_id_key
--   public.settings (share update exclusive): index settings_org_id_key
--   public.tasks (share update exclusive): index tasks_tenant_id_id_key
--
-- `down` puts back what was there when this file was written.
--
-- Runs in no transaction, one statement after the other, as `psql -f` sends them. Sent in one piece or
-- inside a transaction, it fails before it has done anything.

set client_encoding = 'UTF8';
-- A statement that row security would filter in silence, such as a backfill, fails instead.
set row_security = off;
-- These statements block no other while they wait, and one that gives up leaves work behind.
set lock_timeout = 0;

-- A build that failed left an index that every write maintains and no query uses.
-- Hazard: Waits for every transaction that is older.
-- Lock: share update exclusive.
reindex index concurrently public.counters_tenant_id_idx;

-- An interrupted run of this file may have left an index that is not valid.
-- Lock: share update exclusive.
drop index concurrently if exists public."why\? Größe?_tenant_id_idx";

-- Finds the rows of a tenant without reading those of the others.
-- Hazard: Waits for every transaction that is older.
-- Lock: share update exclusive.
create index concurrently "why\? Größe?_tenant_id_idx" on public."why\? Größe?" (tenant_id);
drop index concurrently if exists public.visits_1_tenant_id_idx;
create index concurrently visits_1_tenant_id_idx on public.visits_1 (tenant_id);
drop index concurrently if exists public.watched_tenant_id_idx;
create index concurrently watched_tenant_id_idx on public.watched (tenant_id);
drop index concurrently if exists public.projects_tenant_id_id_key;

-- The successor of a key that spans all tenants: what is unique, is so for each of them.
-- Hazard: Waits for every transaction that is older.
-- Lock: share update exclusive.
create unique index concurrently projects_tenant_id_id_key on public.projects (tenant_id, id);
drop index concurrently if exists public."projectTasks_tenantId_id_key";
create unique index concurrently "projectTasks_tenantId_id_key" on public."projectTasks" ("tenantId", id);
drop index concurrently if exists public.labels_tenant_id_id_key;
create unique index concurrently labels_tenant_id_id_key on public.labels (tenant_id, id);
drop index concurrently if exists billing.orders_tenant_id_id_key;
create unique index concurrently orders_tenant_id_id_key on billing.orders (tenant_id, id);
drop index concurrently if exists billing.offers_tenant_id_id_key;
create unique index concurrently offers_tenant_id_id_key on billing.offers (tenant_id, id);
drop index concurrently if exists public.notes_tenant_id_id_key;
create unique index concurrently notes_tenant_id_id_key on public.notes (tenant_id, id);
drop index concurrently if exists public.comments_tenant_id_id_key;
create unique index concurrently comments_tenant_id_id_key on public.comments (tenant_id, id);
drop index concurrently if exists public.settings_org_id_key;
create unique index concurrently settings_org_id_key on public.settings (org, id);
drop index concurrently if exists public.tasks_tenant_id_id_key;
create unique index concurrently tasks_tenant_id_id_key on public.tasks (tenant_id, id);

reset lock_timeout;
reset row_security;

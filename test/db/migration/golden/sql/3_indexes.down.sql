-- Written by `kysely-tenants migrate:rls --format sql` for `psql -v ON_ERROR_STOP=1 -f <file>`.
-- It is yours from here on: review it, then commit it.
--
-- `down` puts back what was there when this file was written.
-- Locks every table it changes, share update exclusive, for its statement only.
--
-- Runs in no transaction, one statement after the other, as `psql -f` sends them.

set client_encoding = 'UTF8';

-- Restores what was there when this file was written.
drop index concurrently if exists public.tasks_tenant_id_id_key;
drop index concurrently if exists public.settings_org_id_key;
drop index concurrently if exists public.comments_tenant_id_id_key;
drop index concurrently if exists public.notes_tenant_id_id_key;
drop index concurrently if exists billing.offers_tenant_id_id_key;
drop index concurrently if exists billing.orders_tenant_id_id_key;
drop index concurrently if exists public.labels_tenant_id_id_key;
drop index concurrently if exists public."projectTasks_tenantId_id_key";
drop index concurrently if exists public.projects_tenant_id_id_key;
drop index concurrently if exists public.watched_tenant_id_idx;
drop index concurrently if exists public.visits_1_tenant_id_idx;
drop index concurrently if exists public."why\? Größe?_tenant_id_idx";

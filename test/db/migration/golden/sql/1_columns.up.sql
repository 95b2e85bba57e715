-- Written by `kysely-tenants migrate:rls --format sql` for `psql -v ON_ERROR_STOP=1 -f <file>`.
-- It is yours from here on: review it, then commit it.
--
-- Columns: whose row it is; the default is the tenant of the statement.
--
-- Each table, its lock from the first statement on until the commit, and what it gets. A lock that is
-- not free within 2 s ends it all.
--   public.tasks (access exclusive): column tenant_id, default
--   public.settings (access exclusive): default
--   public."why\? Größe?" (access exclusive): default
--   public.visits (access exclusive): default
--   public.visits_1 (access exclusive): default
--
-- `down` puts back what was there when this file was written.
begin;

set local client_encoding = 'UTF8';
-- A statement that row security would filter in silence, such as a backfill, fails instead.
set local row_security = off;
-- Gives up rather than make every other query wait behind this migration for its lock.
set local lock_timeout = '2s';

-- The tenant of each row. Empty at first: filling it here would block every other statement.
-- Lock: access exclusive.
alter table public.tasks add column tenant_id uuid;

-- A new row that names no tenant gets the one of its statement.
-- Lock: access exclusive.
alter table public.settings alter column org
  set default nullif(current_setting('app.tenant_id', true), '');
alter table public."why\? Größe?" alter column tenant_id
  set default nullif(current_setting('app.tenant_id', true), '')::uuid;
alter table only public.visits alter column tenant_id
  set default nullif(current_setting('app.tenant_id', true), '')::uuid;
alter table public.visits_1 alter column tenant_id
  set default nullif(current_setting('app.tenant_id', true), '')::uuid;
alter table public.tasks alter column tenant_id
  set default nullif(current_setting('app.tenant_id', true), '')::uuid;

commit;

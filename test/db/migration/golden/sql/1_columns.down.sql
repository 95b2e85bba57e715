-- Written by `kysely-tenants migrate:rls --format sql` for `psql -v ON_ERROR_STOP=1 -f <file>`.
-- It is yours from here on: review it, then commit it.
--
-- `down` puts back what was there when this file was written.
-- Locks every table it changes, access exclusive, until the commit; a lock that is not free within
-- 2 s ends it all.
begin;

set local client_encoding = 'UTF8';
set local row_security = off;
set local lock_timeout = '2s';

-- Restores what was there when this file was written.
alter table public.tasks alter column tenant_id drop default;
alter table public.visits_1 alter column tenant_id drop default;
alter table only public.visits alter column tenant_id drop default;
alter table public."why\? Größe?" alter column tenant_id drop default;
alter table public.settings alter column org drop default;
-- Hazard: The column goes, and the tenants of the rows with it.
alter table public.tasks drop column tenant_id;

commit;

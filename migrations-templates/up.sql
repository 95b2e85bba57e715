-- Written by `kysely-tenants migrate:rls --format sql` for `psql -v ON_ERROR_STOP=1 -f <file>`.
-- It is yours from here on: review it, then commit it.
--
/* summary */
begin;

set local client_encoding = 'UTF8';
-- A statement that row security would filter in silence, such as a backfill, fails instead.
set local row_security = off;
-- Gives up rather than make every other query wait behind this migration for its lock.
set local lock_timeout = '2s';

/* up */

commit;

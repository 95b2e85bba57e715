-- Written by `kysely-tenants migrate:rls --format sql` for `psql -v ON_ERROR_STOP=1 -f <file>`.
-- It is yours from here on: review it, then commit it.
--
/* summary */
--
-- Runs in no transaction, one statement after the other, as `psql -f` sends them. Sent in one piece or
-- inside a transaction, it fails before it has done anything.

set client_encoding = 'UTF8';
-- A statement that row security would filter in silence, such as a backfill, fails instead.
set row_security = off;
-- These statements block no other while they wait, and one that gives up leaves work behind.
set lock_timeout = 0;

/* up */

reset lock_timeout;
reset row_security;

-- Written by `kysely-tenants migrate:rls --format sql` for `psql -v ON_ERROR_STOP=1 -f <file>`.
-- It is yours from here on: review it, then commit it.
--
/* way back */
begin;

set local client_encoding = 'UTF8';
set local row_security = off;
set local lock_timeout = '2s';

/* down */

commit;

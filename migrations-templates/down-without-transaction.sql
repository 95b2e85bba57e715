-- Written by `kysely-tenants migrate:rls --format sql` for `psql -v ON_ERROR_STOP=1 -f <file>`.
-- It is yours from here on: review it, then commit it.
--
/* way back */
--
-- Runs in no transaction, one statement after the other, as `psql -f` sends them.

set client_encoding = 'UTF8';

/* down */

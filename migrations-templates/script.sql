/* origin */
-- It is yours from here on: review it, then commit it.
--
/* summary */
--
-- Runs in no transaction, one statement after the other.

-- A statement that row security would filter in silence, such as a backfill, fails instead.
set row_security = off;
-- These statements block no other while they wait, and one that gives up leaves work behind.
set lock_timeout = 0;

/* up */

reset lock_timeout;
reset row_security;

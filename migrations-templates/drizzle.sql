/* origin */
-- It is yours from here on: review it, then commit it.
--
/* summary */

-- A statement that row security would filter in silence, such as a backfill, fails instead.
set local row_security = off;
--> statement-breakpoint
-- Gives up rather than make every other query wait behind this migration for its lock.
set local lock_timeout = '2s';
--> statement-breakpoint
/* up */

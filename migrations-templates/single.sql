/* origin */
-- It is yours from here on: review it, then commit it.
--
/* summary */
--
-- The only statement of this file: with a second one it would run in a transaction, and fail.

/* up */

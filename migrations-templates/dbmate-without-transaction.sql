/* origin */
-- It is yours from here on: review it, then commit it.
--
/* summary */
--
-- The only statement of each part: with a second one it would run in a transaction, and fail.

-- migrate:up transaction:false

/* up */

-- migrate:down transaction:false

/* down */

/* origin */
-- It is yours from here on: review it, then commit it.
--
/* way back */
--
-- Runs in no transaction, one statement after the other.

/* down */

/* origin */
-- It is yours from here on: review it, then commit it.
--
/* way back */
begin;

set local row_security = off;
set local lock_timeout = '2s';

/* down */

commit;

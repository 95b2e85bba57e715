// Written by `kysely-tenants migrate:rls`. It is yours from here on: review it, then commit it.
//
// FORCE: the policies bind the owner of the tables too. Before this runs, its jobs, views and
// functions need a role that has a policy.
//
// Locks, from its statement on until the commit; a lock that is not free within 2 s ends it all:
//   public.counters: access exclusive
//
// `down` reduces isolation: it puts back what was there when this file was written.
import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  if (!db.isTransaction) return db.transaction().execute(up)

  // A statement that row security would filter in silence, such as a backfill, fails instead.
  await sql`set local row_security = off`.execute(db)
  // Gives up rather than make every other query wait behind this migration for its lock.
  await sql`set local lock_timeout = '2s'`.execute(db)

  // Makes the policies apply to the owner of the table too.
  // Hazard: Jobs, views and functions of the owner see no rows without a policy for it.
  // Lock: access exclusive.
  await sql`alter table public.counters force row level security`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  if (!db.isTransaction) return db.transaction().execute(down)

  await sql`set local row_security = off`.execute(db)
  await sql`set local lock_timeout = '2s'`.execute(db)

  // Restores what was there when this file was written.
  await sql`alter table public.counters no force row level security`.execute(db)
}

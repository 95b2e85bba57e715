// Written by `kysely-tenants migrate:rls`. It is yours from here on: review it, then commit it.
//
// FORCE: the policies bind the owner of the tables too. Before this runs, its jobs, views and
// functions need a role that has a policy.
//
// Each table, its lock from the first statement on until the commit, and what it gets. A lock that is
// not free within 2 s ends it all.
//   public.counters (access exclusive): FORCE
//
// `down` reduces isolation: it puts back what was there when this file was written.
import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  if (!db.isTransaction) return db.transaction().execute(up)

  // A statement that row security would filter in silence, such as a backfill, fails instead.
  await sql`set local row_security = off`.execute(db)
  // Gives up rather than make every other query wait behind this migration for its lock.
  await sql`set local lock_timeout = '2s'`.execute(db)

  const statements = [
    // Makes the policies apply to the owner of the table too.
    // Hazard: Jobs, views and functions of the owner see no rows without a policy for it.
    // Lock: access exclusive.
    sql`alter table public.counters force row level security`,
  ]
  for (const statement of statements) await statement.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  if (!db.isTransaction) return db.transaction().execute(down)

  await sql`set local row_security = off`.execute(db)
  await sql`set local lock_timeout = '2s'`.execute(db)

  const statements = [
    // Restores what was there when this file was written.
    sql`alter table public.counters no force row level security`,
  ]
  for (const statement of statements) await statement.execute(db)
}

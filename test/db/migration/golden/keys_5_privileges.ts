// Written by `kysely-tenants migrate:rls`. It is yours from here on: review it, then commit it.
//
// Privileges: views read with those of their caller, and the application keeps those it needs.
//
// Each table, its lock from the first statement on until the commit, and what it gets. A lock that is
// not free within 2 s ends it all.
//   public.projects (access share): revoke from public
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
    // Roles that are created later have the privileges of PUBLIC, too.
    // Hazard: Every other role loses it: grant it to those that need it.
    // Lock: access share.
    sql`revoke select on public.projects from public`,
  ]
  for (const statement of statements) await statement.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  if (!db.isTransaction) return db.transaction().execute(down)

  await sql`set local row_security = off`.execute(db)
  await sql`set local lock_timeout = '2s'`.execute(db)

  const statements = [
    // Restores what was there when this file was written.
    // Hazard: Gives back what was too much.
    sql`grant select on public.projects to public`,
  ]
  for (const statement of statements) await statement.execute(db)
}

// Written by `kysely-tenants migrate:rls`. It is yours from here on: review it, then commit it.
//
// Columns: whose row it is; the default is the tenant of the statement.
//
// Each table, its lock from the first statement on until the commit, and what it gets. A lock that is
// not free within 2 s ends it all.
//   public."odd `${name} \ */   $& end" (access exclusive): default
//
// `down` puts back what was there when this file was written.
import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  if (!db.isTransaction) return db.transaction().execute(up)

  // A statement that row security would filter in silence, such as a backfill, fails instead.
  await sql`set local row_security = off`.execute(db)
  // Gives up rather than make every other query wait behind this migration for its lock.
  await sql`set local lock_timeout = '2s'`.execute(db)

  const statements = [
    // A new row that names no tenant gets the one of its statement.
    // Lock: access exclusive.
    sql`alter table public."odd \`\${name} \\ */\n  $& end" alter column "odd \`\${name} \\ */\n  $& end"
      set default nullif(current_setting('app.tenant_id', true), '')::uuid`,
  ]
  for (const statement of statements) await statement.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  if (!db.isTransaction) return db.transaction().execute(down)

  await sql`set local row_security = off`.execute(db)
  await sql`set local lock_timeout = '2s'`.execute(db)

  const statements = [
    // Restores what was there when this file was written.
    sql`alter table public."odd \`\${name} \\ */\n  $& end" alter column "odd \`\${name} \\ */\n  $& end" drop default`,
  ]
  for (const statement of statements) await statement.execute(db)
}

// Written by `kysely-tenants migrate:rls`. It is yours from here on: review it, then commit it.
//
// Validation of the rows that are there, while reads and writes go on; then the constraint proves
// NOT NULL without another scan.
//
// Each table, its lock from the first statement on until the commit, and what it gets. A lock that is
// not free within 2 s ends it all.
//   public."odd `${name} \ */   $& end" (access exclusive): NOT NULL
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
    // public."odd `${name} \ */   $& end":
    // Looks at the rows that are there.
    // Lock: share update exclusive.
    sql`alter table public."odd \`\${name} \\ */\n  $& end" validate constraint tenant_not_null`,

    // The tenant is never missing. The constraint proves it, so no row is scanned.
    // Lock: access exclusive.
    sql`alter table public."odd \`\${name} \\ */\n  $& end" alter column "odd \`\${name} \\ */\n  $& end" set not null`,

    // The constraint has done its work.
    // Lock: access exclusive.
    sql`alter table public."odd \`\${name} \\ */\n  $& end" drop constraint tenant_not_null`,
  ]
  for (const statement of statements) await statement.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  if (!db.isTransaction) return db.transaction().execute(down)

  await sql`set local row_security = off`.execute(db)
  await sql`set local lock_timeout = '2s'`.execute(db)

  const statements = [
    // Restores what was there when this file was written.
    sql`alter table public."odd \`\${name} \\ */\n  $& end" add constraint tenant_not_null check ("odd \`\${name} \\ */\n  $& end" is not null) not valid`,
    sql`alter table public."odd \`\${name} \\ */\n  $& end" alter column "odd \`\${name} \\ */\n  $& end" drop not null`,
  ]
  for (const statement of statements) await statement.execute(db)
}

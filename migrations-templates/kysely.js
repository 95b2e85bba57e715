// Written by `kysely-tenants migrate:rls`. It is yours from here on: review it, then commit it.
//
/* summary */
import { sql } from 'kysely'

/**
 * @param {import('kysely').Kysely<any>} db
 * @returns {Promise<void>}
 */
export async function up(db) {
  if (!db.isTransaction) return db.transaction().execute(up)

  // A statement that row security would filter in silence, such as a backfill, fails instead.
  await sql`set local row_security = off`.execute(db)
  // Gives up rather than make every other query wait behind this migration for its lock.
  await sql`set local lock_timeout = '2s'`.execute(db)

  /* up */
}

/**
 * @param {import('kysely').Kysely<any>} db
 * @returns {Promise<void>}
 */
export async function down(db) {
  if (!db.isTransaction) return db.transaction().execute(down)

  await sql`set local row_security = off`.execute(db)
  await sql`set local lock_timeout = '2s'`.execute(db)

  /* down */
}

// Written by `kysely-tenants migrate:rls`. It is yours from here on: review it, then commit it.
//
/* summary */
import { sql } from 'kysely'

// Read by `kysely-tenants migrate:latest`; kysely-ctl takes `--no-transaction`.
export const transaction = false

/**
 * @param {import('kysely').Kysely<any>} db
 * @returns {Promise<void>}
 */
export async function up(db) {
  if (db.isTransaction) throw new Error('This migration cannot run inside a transaction.')

  // A statement that row security would filter in silence, such as a backfill, fails instead.
  await sql`set row_security = off`.execute(db)
  // These statements block no other while they wait, and one that gives up leaves work behind.
  await sql`set lock_timeout = 0`.execute(db)

  /* up */

  await sql`reset lock_timeout`.execute(db)
  await sql`reset row_security`.execute(db)
}

/**
 * @param {import('kysely').Kysely<any>} db
 * @returns {Promise<void>}
 */
export async function down(db) {
  if (db.isTransaction) throw new Error('This migration cannot run inside a transaction.')

  /* down */
}

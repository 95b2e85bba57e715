// Written by `kysely-tenants migrate:rls --format knex-ts`.
// It is yours from here on: review it, then commit it.
//
/* summary */
import type { Knex } from 'knex'

export const config = { transaction: false }

export async function up(knex: Knex): Promise<void> {
  if (knex.isTransaction) throw new Error('This migration cannot run inside a transaction.')

  // A client of pg, one for all statements: the settings belong to its session.
  const connection = await knex.client.acquireConnection()
  try {
    // A statement that row security would filter in silence, such as a backfill, fails instead.
    await connection.query(`set row_security = off`)
    // These statements block no other while they wait, and one that gives up leaves work behind.
    await connection.query(`set lock_timeout = 0`)

    /* up */

    await connection.query(`reset lock_timeout`)
    await connection.query(`reset row_security`)
  } finally {
    await knex.client.releaseConnection(connection)
  }
}

export async function down(knex: Knex): Promise<void> {
  if (knex.isTransaction) throw new Error('This migration cannot run inside a transaction.')

  /* down */
}

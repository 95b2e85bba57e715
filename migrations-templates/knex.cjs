// Written by `kysely-tenants migrate:rls --format knex`.
// It is yours from here on: review it, then commit it.
//
/* summary */

/**
 * @param {import('knex').Knex} knex
 * @returns {Promise<void>}
 */
exports.up = async function up(knex) {
  if (!knex.isTransaction) return knex.transaction(up)

  // A statement that row security would filter in silence, such as a backfill, fails instead.
  await knex.raw(`set local row_security = off`)
  // Gives up rather than make every other query wait behind this migration for its lock.
  await knex.raw(`set local lock_timeout = '2s'`)

  /* up */
}

/**
 * @param {import('knex').Knex} knex
 * @returns {Promise<void>}
 */
exports.down = async function down(knex) {
  if (!knex.isTransaction) return knex.transaction(down)

  await knex.raw(`set local row_security = off`)
  await knex.raw(`set local lock_timeout = '2s'`)

  /* down */
}

// Written by `kysely-tenants migrate:rls --format node-pg-migrate`.
// It is yours from here on: review it, then commit it.
//
/* summary */

/** @param {import('node-pg-migrate').MigrationBuilder} pgm */
export function up(pgm) {
  // A statement that row security would filter in silence, such as a backfill, fails instead.
  pgm.sql(`set local row_security = off`)
  // Gives up rather than make every other query wait behind this migration for its lock.
  pgm.sql(`set local lock_timeout = '2s'`)

  /* up */
}

/** @param {import('node-pg-migrate').MigrationBuilder} pgm */
export function down(pgm) {
  pgm.sql(`set local row_security = off`)
  pgm.sql(`set local lock_timeout = '2s'`)

  /* down */
}

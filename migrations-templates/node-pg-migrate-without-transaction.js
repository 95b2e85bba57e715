// Written by `kysely-tenants migrate:rls --format node-pg-migrate`.
// It is yours from here on: review it, then commit it.
//
/* summary */

/** @param {import('node-pg-migrate').MigrationBuilder} pgm */
export function up(pgm) {
  pgm.noTransaction()

  // A statement that row security would filter in silence, such as a backfill, fails instead.
  pgm.sql(`set row_security = off`)
  // These statements block no other while they wait, and one that gives up leaves work behind.
  pgm.sql(`set lock_timeout = 0`)

  /* up */

  pgm.sql(`reset lock_timeout`)
  pgm.sql(`reset row_security`)
}

/** @param {import('node-pg-migrate').MigrationBuilder} pgm */
export function down(pgm) {
  pgm.noTransaction()

  /* down */
}

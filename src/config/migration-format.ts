/** The formats of migrations that `migrate:rls` writes: for Kysely, for Knex, and for psql. */
export const MIGRATION_FORMATS = ['ts', 'js', 'knex-ts', 'knex', 'sql'] as const

export type MigrationFormat = (typeof MIGRATION_FORMATS)[number]

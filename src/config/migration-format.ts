/**
 * The formats of migrations that `migrate:rls` writes: for Kysely, for Knex, for psql, and for other tools
 * by their names.
 */
export const MIGRATION_FORMATS = [
  'ts',
  'js',
  'knex-ts',
  'knex',
  'sql',
  'prisma',
  'drizzle',
  'dbmate',
  'node-pg-migrate',
  'flyway',
  'supabase',
  'graphile-migrate',
] as const

export type MigrationFormat = (typeof MIGRATION_FORMATS)[number]

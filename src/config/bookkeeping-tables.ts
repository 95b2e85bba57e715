import type { TableName } from '../sql/table-name.ts'

// Kysely, Knex, node-pg-migrate, Prisma, Drizzle, Flyway, Rails and golang-migrate, Sequelize.
const NAMES = new Set([
  'kysely_migration',
  'kysely_migration_lock',
  'knex_migrations',
  'knex_migrations_lock',
  'pgmigrations',
  '_prisma_migrations',
  '__drizzle_migrations',
  'flyway_schema_history',
  'schema_migrations',
  'ar_internal_metadata',
  'SequelizeMeta',
])

/** A migration tool keeps its record in it: no data of a tenant. */
export function isBookkeeping({ name }: Pick<TableName, 'name'>): boolean {
  return NAMES.has(name)
}

import { pathToFileURL } from 'node:url'
import { createJiti } from 'jiti'
import { Kysely, PostgresDialect } from 'kysely'
import type { Migration, MigrationInfo, MigrationResultSet, Migrator } from 'kysely/migration'
import type pg from 'pg'
import { migrationNotStarted } from '../errors.ts'
import { type MigrationFile, readMigrationFolder } from './migration-folder.ts'

/**
 * Runs what is pending in the folder, each file in the transactions it opens itself: in one
 * transaction for all, the locks of the first would be held until the last is done.
 *
 * @throws `MIGRATION.FOLDER_NOT_READABLE`, `MIGRATION.NOT_STARTED`; a migration that fails is part
 * of the result
 */
export async function migrateToLatest(
  client: pg.Client,
  folder: string,
): Promise<MigrationResultSet> {
  return (await createMigrator(client, folder)).migrateToLatest()
}

/** Reads only: Kysely's tables are not created. */
export async function listMigrations(
  client: pg.Client,
  folder: string,
): Promise<readonly MigrationInfo[]> {
  return (await createMigrator(client, folder)).getMigrations()
}

async function createMigrator(client: pg.Client, folder: string): Promise<Migrator> {
  const migrations = await loadMigrations(readMigrationFolder(folder))
  const { Migrator } = await importMigrator()
  return new Migrator({
    db: new Kysely<unknown>({ dialect: new PostgresDialect({ pool: poolOf(client) }) }),
    provider: { getMigrations: async () => migrations },
    disableTransactions: true,
  })
}

/** One client for everything: the lock, the migrations and the record of them. */
function poolOf(client: pg.Client) {
  const lease = { query: client.query.bind(client), release: () => undefined }
  return { connect: async () => lease, end: async () => undefined, options: {} }
}

type MigrationModule = Pick<typeof import('kysely/migration'), 'Migrator'>

/** Kysely 0.28 has the Migrator in its root, later ones have it in a module of its own. */
async function importMigrator(): Promise<MigrationModule> {
  const module: object = await import('kysely/migration').catch(() => import('kysely'))
  if (!hasMigrator(module)) throw new Error('This version of Kysely has no Migrator.')
  return module
}

function hasMigrator(module: object): module is MigrationModule {
  return 'Migrator' in module
}

async function loadMigrations(files: readonly MigrationFile[]): Promise<Record<string, Migration>> {
  // Without its caches: what runs is what the file says, and no file is left behind.
  const jiti = createJiti(import.meta.url, { fsCache: false, moduleCache: false })
  const migrations: Record<string, Migration> = {}

  for (const { name, path } of files) {
    const isTypeScript = /\.[cm]?ts$/.test(path)
    try {
      const module = await (isTypeScript ? jiti.import(path) : import(pathToFileURL(path).href))
      const migration = [module.default, module].find(isMigration)
      if (migration) migrations[name] = migration
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      throw migrationNotStarted(`${path} cannot be loaded: ${reason}`, error)
    }
  }
  return migrations
}

// As Kysely's FileMigrationProvider: `up` stands alone or in the default export, and what has none is
// passed over.
function isMigration(value: unknown): value is Migration {
  return (
    typeof value === 'object' && value !== null && 'up' in value && typeof value.up === 'function'
  )
}

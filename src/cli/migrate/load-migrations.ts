import { pathToFileURL } from 'node:url'
import type { Migration } from 'kysely/migration'
import { migrationNotStarted } from '../../errors/command/migration.ts'
import { reasonOf } from '../../errors/message.ts'
import type { MigrationFile } from './migration-folder.ts'

export interface LoadedMigration extends Migration {
  /** False when the file opens its own transactions, or must have none, as a concurrent index. */
  readonly transaction: boolean
}

/**
 * Loads the files that Kysely's FileMigrationProvider would: `up` stands alone or in the default export, and
 * a file without one is skipped.
 *
 * @throws `MIGRATION.NOT_STARTED` when a file does not load
 */
export async function loadMigrations(
  files: readonly MigrationFile[],
): Promise<Record<string, LoadedMigration>> {
  const { createJiti } = await import('jiti')
  // Without caches, the file is read as it is now, and no cache file is left behind.
  const jiti = createJiti(import.meta.url, { fsCache: false, moduleCache: false })
  const migrations: Record<string, LoadedMigration> = {}

  for (const { name, path } of files) {
    const isTypeScript = /\.[cm]?ts$/.test(path)
    try {
      const module = await (isTypeScript ? jiti.import(path) : import(pathToFileURL(path).href))
      const migration = [module.default, module].find(isMigration)
      if (migration) migrations[name] = { ...migration, transaction: !refusesTransaction(module) }
    } catch (error) {
      throw migrationNotStarted(`${path} cannot be loaded: ${reasonOf(error)}`, error)
    }
  }
  return migrations
}

function isMigration(value: unknown): value is Migration {
  return (
    typeof value === 'object' && value !== null && 'up' in value && typeof value.up === 'function'
  )
}

// `config` is what Kysely 0.30 and Knex read. Written files say it without: Kysely 0.30 refuses a
// `config` when it runs without transactions anyway.
function refusesTransaction(module: {
  readonly transaction?: unknown
  readonly config?: { readonly transaction?: unknown }
}): boolean {
  return module.transaction === false || module.config?.transaction === false
}

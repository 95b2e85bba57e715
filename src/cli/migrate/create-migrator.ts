import type { Migration, Migrator, MigratorProps } from 'kysely/migration'
import type pg from 'pg'
import type { LoadedMigration } from './load-migrations.ts'

export async function createMigrator(
  client: pg.Client,
  migrations: Readonly<Record<string, LoadedMigration>>,
  options: Pick<MigratorProps, 'disableTransactions'> = {},
): Promise<Migrator> {
  const { Kysely, PostgresDialect } = await import('kysely')
  const { Migrator } = await importMigrator()
  const bounded = Object.entries(migrations).map(([name, { up, down }]): [string, Migration] => [
    name,
    { up: withLockTimeout(up), ...(down && { down: withLockTimeout(down) }) },
  ])
  return new Migrator({
    ...options,
    db: new Kysely<unknown>({ dialect: new PostgresDialect({ pool: poolOf(client) }) }),
    provider: { getMigrations: async () => Object.fromEntries(bounded) },
  })
}

// A migration that waits for a lock makes every other query wait behind it. Not below `deadlock_timeout`,
// one second: only then does PostgreSQL end an autovacuum that is in the way.
function withLockTimeout(change: Migration['up']): Migration['up'] {
  return async (db) => {
    const { sql } = await import('kysely')
    if (db.isTransaction) await sql`set local lock_timeout = '2s'`.execute(db)
    await change(db)
  }
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

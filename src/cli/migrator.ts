import { Kysely, PostgresDialect, sql } from 'kysely'
import type {
  Migration,
  MigrationInfo,
  MigrationResultSet,
  Migrator,
  MigratorProps,
} from 'kysely/migration'
import type pg from 'pg'
import {
  migrationFailed,
  migrationNotStarted,
  migrationRowsInTheWay,
} from '../errors/command/migration.ts'
import { type LoadedMigration, loadMigrations } from './load-migrations.ts'
import { readMigrationFolder } from './migration-folder.ts'
import { withMigrationLock } from './migration-lock.ts'
import { retryLocked } from './retry-locked.ts'

/** What became of a migration that was to run. */
export type MigrationStatus = 'executed' | 'undone' | 'failed' | 'pending' | 'kept'

export interface MigrationListener {
  /** Told of each migration as soon as its fate is known. */
  readonly done: (name: string, status: MigrationStatus) => void
  /** Talk: waiting for others, trying again. */
  readonly say: (text: string) => void
}

/** How far down: the last migration, every one, or all that ran after the named one. */
export type DownTarget = 'last' | 'all' | { readonly to: string }

/**
 * Runs what is pending in the folder, up to the named migration if one is. Each file shares one transaction with the record of it, so that
 * no failure leaves one without the other, and no lock is held until the last file is done. A file
 * that refuses a transaction gets none.
 *
 * @throws `MIGRATION.FOLDER_NOT_READABLE`, `MIGRATION.NOT_STARTED` (also when the folder does not have
 * the named migration), `MIGRATION.FAILED`
 */
export async function migrateToLatest(
  client: pg.Client,
  folder: string,
  { to, listener }: { to?: string | undefined; listener: MigrationListener },
): Promise<void> {
  const migrations = await loadMigrations(readMigrationFolder(folder))
  if (to !== undefined && !Object.hasOwn(migrations, to)) {
    throw migrationNotStarted(`The folder has no migration ${to}`, undefined)
  }
  await withMigrationLock(client, listener.say, async () => {
    const state = await (await createMigrator(client, migrations)).getMigrations()
    const pending = state
      .slice(0, to === undefined ? undefined : state.findIndex(({ name }) => name === to) + 1)
      .filter(({ executedAt }) => !executedAt)
      .map(({ name }) => name)
    await runEach('up', pending, { client, migrations, listener })
    if (state.some(({ executedAt }) => !executedAt)) return
    // Runs nothing: Kysely compares the folder with its record.
    const { error } = await (await createMigrator(client, migrations)).migrateUp()
    if (error !== undefined) throw migrationNotStarted(messageOf(error), error)
  })
}

/**
 * Undoes migrations, the last one first, under the same rules.
 *
 * @throws as {@link migrateToLatest}; `MIGRATION.NOT_STARTED` also when the named migration has not
 * run, or when one of those to undo has no `down`
 */
export async function migrateDown(
  client: pg.Client,
  folder: string,
  { target, listener }: { target: DownTarget; listener: MigrationListener },
): Promise<void> {
  const migrations = await loadMigrations(readMigrationFolder(folder))
  await withMigrationLock(client, listener.say, async () => {
    const state = await (await createMigrator(client, migrations)).getMigrations()
    const names = namesToUndo(executedNames(state), target)
    // Kysely passes over such a file and leaves it on record.
    const final = names.find((name) => !migrations[name]?.down)
    if (final !== undefined) throw migrationNotStarted(`${final} has no \`down\``, undefined)
    await runEach('down', names, { client, migrations, listener })
  })
}

/** Reads only: Kysely's tables are not created. */
export async function listMigrations(
  client: pg.Client,
  folder: string,
): Promise<readonly MigrationInfo[]> {
  const migrations = await loadMigrations(readMigrationFolder(folder))
  return (await createMigrator(client, migrations)).getMigrations()
}

function executedNames(state: readonly MigrationInfo[]): string[] {
  const time = ({ executedAt }: MigrationInfo) => executedAt?.getTime() ?? 0
  return state
    .filter(({ executedAt }) => executedAt)
    .toSorted((a, b) => time(a) - time(b) || a.name.localeCompare(b.name))
    .map(({ name }) => name)
}

function namesToUndo(executed: readonly string[], target: DownTarget): string[] {
  const lastFirst = executed.toReversed()
  if (target === 'all') return lastFirst
  if (target === 'last') return lastFirst.slice(0, 1)
  const index = lastFirst.indexOf(target.to)
  if (index === -1) throw migrationNotStarted(`${target.to} has not been executed`, undefined)
  return lastFirst.slice(0, index)
}

interface Run {
  readonly client: pg.Client
  readonly migrations: Readonly<Record<string, LoadedMigration>>
  readonly listener: MigrationListener
}

const STATUS = {
  up: { before: 'pending', after: 'executed' },
  down: { before: 'kept', after: 'undone' },
} as const

async function runEach(
  direction: 'up' | 'down',
  names: readonly string[],
  run: Run,
): Promise<void> {
  const { before, after } = STATUS[direction]
  for (const [index, name] of names.entries()) {
    const { error, results = [] } = await runOne(direction, name, run)
    if (error === undefined) {
      run.listener.done(name, after)
      continue
    }
    if (results.length === 0) throw migrationNotStarted(messageOf(error), error)
    run.listener.done(name, 'failed')
    for (const left of names.slice(index + 1)) run.listener.done(left, before)
    throw breaksIntegrity(error) ? migrationRowsInTheWay(name, error) : migrationFailed(name, error)
  }
}

async function runOne(
  direction: 'up' | 'down',
  name: string,
  { client, migrations, listener }: Run,
): Promise<MigrationResultSet> {
  const transaction = migrations[name]?.transaction ?? true
  const migrator = await createMigrator(client, migrations, { disableTransactions: !transaction })
  const run = () => (direction === 'up' ? migrator.migrateUp() : migrator.migrateDown())
  if (!transaction) return run()
  return retryLocked(run, { nameOf: () => name, say: listener.say })
}

async function createMigrator(
  client: pg.Client,
  migrations: Readonly<Record<string, LoadedMigration>>,
  options: Pick<MigratorProps, 'disableTransactions'> = {},
): Promise<Migrator> {
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

// https://www.postgresql.org/docs/current/errcodes-appendix.html
function breaksIntegrity(error: unknown): error is Error {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    error.code.startsWith('23')
  )
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

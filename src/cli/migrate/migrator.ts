import type { MigrationInfo } from 'kysely/migration'
import type pg from 'pg'
import { migrationNotStarted, migrationUnknown } from '../../errors/command/migration.ts'
import { reasonOf } from '../../errors/message.ts'
import { nearest } from '../../util/nearest.ts'
import { createMigrator } from './create-migrator.ts'
import { loadMigrations } from './load-migrations.ts'
import { readMigrationFolder } from './migration-folder.ts'
import { withMigrationLock } from './migration-lock.ts'
import { type MigrationListener, runEach } from './run-each-migration.ts'

/** How far up: the next pending migration, every one, or all up to the named one. */
export type UpTarget = 'next' | 'all' | { readonly to: string }

/** How far down: the last migration, every one, or all that ran after the named one. */
export type DownTarget = 'last' | 'all' | { readonly to: string }

/**
 * Runs pending migrations of the folder. Each file shares one
 * transaction with its record, so that no failure leaves one without the other, and no lock is held until
 * the last file is done. A file that refuses a transaction gets none.
 *
 * @throws `MIGRATION.FOLDER_NOT_READABLE`, `MIGRATION.NOT_STARTED` (also when the folder does not have
 * the named migration), `MIGRATION.FAILED`
 */
export async function migrateUp(
  client: pg.Client,
  folder: string,
  { target, listener }: { target: UpTarget; listener: MigrationListener },
): Promise<void> {
  const migrations = await loadMigrations(readMigrationFolder(folder))
  if (typeof target === 'object' && !Object.hasOwn(migrations, target.to)) {
    throw unknown(`The folder has no migration ${target.to}`, target.to, Object.keys(migrations))
  }
  await withMigrationLock(client, listener.say, async () => {
    const state = await (await createMigrator(client, migrations)).getMigrations()
    await runEach('up', namesToRun(state, target), { client, migrations, listener })
    if (state.some(({ executedAt }) => !executedAt)) return
    // Runs no migration: Kysely compares the folder with its record.
    const { error } = await (await createMigrator(client, migrations)).migrateUp()
    if (error !== undefined) throw migrationNotStarted(reasonOf(error), error)
  })
}

/**
 * Undoes migrations, the last one first, under the same rules.
 *
 * @throws as {@link migrateUp}; `MIGRATION.NOT_STARTED` also when the named migration has not
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
    await refuseMissing(client, state)
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

function namesToRun(state: readonly MigrationInfo[], target: UpTarget): string[] {
  const isTarget = ({ name }: MigrationInfo) => typeof target === 'object' && name === target.to
  const pending = (
    typeof target === 'object' ? state.slice(0, state.findIndex(isTarget) + 1) : state
  )
    .filter(({ executedAt }) => !executedAt)
    .map(({ name }) => name)
  return target === 'next' ? pending.slice(0, 1) : pending
}

/** Kysely lists the files of the folder alone: a record without a file would be passed over. */
async function refuseMissing(client: pg.Client, state: readonly MigrationInfo[]): Promise<void> {
  const { rows } = await client.query<{ isThere: boolean }>(
    `select pg_catalog.to_regclass('kysely_migration') is not null as "isThere"`,
  )
  if (!rows[0]?.isThere) return
  const recorded = await client.query<{ name: string }>('select name from kysely_migration')
  const known = new Set(state.map(({ name }) => name))
  const missing = recorded.rows.map(({ name }) => name).filter((name) => !known.has(name))
  if (missing.length === 0) return
  const files = missing.toSorted().join(', ')
  throw migrationNotStarted(
    `corrupted migrations: the folder has no file of ${files}, which the database has on record as executed`,
    undefined,
  )
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
  if (index === -1) throw unknown(`${target.to} has not been executed`, target.to, executed)
  return lastFirst.slice(0, index)
}

/** A name without its number, or with the extension of its file, is meant too. */
function unknown(problem: string, name: string, known: readonly string[]): Error {
  const longer = known.filter((other) => other.includes(name))
  return migrationUnknown(problem, longer.length === 1 ? longer[0] : nearest(name, known))
}

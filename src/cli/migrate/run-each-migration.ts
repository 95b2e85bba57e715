import type { MigrationResultSet } from 'kysely/migration'
import type pg from 'pg'
import {
  migrationFailed,
  migrationNotStarted,
  migrationRowsHidden,
  migrationRowsInTheWay,
} from '../../errors/command/migration.ts'
import { reasonOf } from '../../errors/message.ts'
import type { TenancyError } from '../../errors/tenancy-error.ts'
import { createMigrator } from './create-migrator.ts'
import type { LoadedMigration } from './load-migrations.ts'
import { isFilterRefused, refuseFiltering } from './refuse-filtering.ts'
import { retryLocked } from './retry-locked.ts'

/** The outcome of a migration that was to run. */
export type MigrationStatus = 'executed' | 'undone' | 'failed' | 'pending' | 'kept'

export interface MigrationListener {
  /** Called for each migration as soon as its status is known. */
  readonly done: (name: string, status: MigrationStatus) => void
  /** Called with a line about the work: waiting for others, trying again. */
  readonly say: (text: string) => void
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

export async function runEach(
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
    if (results.length === 0) throw migrationNotStarted(reasonOf(error), error)
    run.listener.done(name, 'failed')
    for (const left of names.slice(index + 1)) run.listener.done(left, before)
    throw failureOf(name, error)
  }
}

async function runOne(
  direction: 'up' | 'down',
  name: string,
  { client, migrations, listener }: Run,
): Promise<MigrationResultSet> {
  const transaction = migrations[name]?.transaction ?? true
  const migrator = await createMigrator(client, migrations, { disableTransactions: !transaction })
  await refuseFiltering(client)
  const run = () => (direction === 'up' ? migrator.migrateUp() : migrator.migrateDown())
  if (!transaction) return run()
  return retryLocked(run, { nameOf: () => name, say: listener.say })
}

function failureOf(name: string, error: unknown): TenancyError {
  if (breaksIntegrity(error)) return migrationRowsInTheWay(name, error)
  return isFilterRefused(error) ? migrationRowsHidden(name, error) : migrationFailed(name, error)
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

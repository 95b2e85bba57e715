import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { migrationNotStarted } from '../../errors/command/migration.ts'
import { suppress } from '../../errors/tenancy-error.ts'

// The lock of Kysely's own Migrator, so that the two exclude each other.
// https://github.com/kysely-org/kysely/blob/master/src/dialect/postgres/postgres-adapter.ts
const LOCK = '3853314791062309107'

const POLL_INTERVAL = 200
/** As long as Kysely waits. */
const PATIENCE = 60 * 60 * 1000

/**
 * Holds Kysely's migration lock while `body` runs. Kysely takes the same lock once more on the same
 * connection, which PostgreSQL grants at once.
 *
 * It polls instead of waiting inside a statement: a waiting statement has a snapshot, and CREATE INDEX
 * CONCURRENTLY of the migration that holds the lock would wait for that snapshot in turn.
 *
 * @param say called once when another session has the lock
 */
export async function withMigrationLock<T>(
  client: pg.Client,
  say: (text: string) => void,
  body: () => Promise<T>,
): Promise<T> {
  await acquire(client, say)
  let result: T
  try {
    result = await body()
  } catch (error) {
    await release(client).catch((cleanUp) => suppress(error, cleanUp))
    throw error
  }
  await release(client)
  return result
}

async function acquire(client: pg.Client, say: (text: string) => void): Promise<void> {
  const patience = Date.now() + PATIENCE
  for (let isFirst = true; !(await tryLock(client)); isFirst = false) {
    if (isFirst) say('Another migration is running; this one starts when it is done.')
    if (Date.now() > patience) {
      throw migrationNotStarted('Another migration has been running for an hour', undefined)
    }
    await sleep(POLL_INTERVAL)
  }
}

async function tryLock(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>(
    'select pg_catalog.pg_try_advisory_lock($1) as "locked"',
    [LOCK],
  )
  return rows[0]?.locked === true
}

async function release(client: pg.Client): Promise<void> {
  await client.query('select pg_catalog.pg_advisory_unlock($1)', [LOCK])
}

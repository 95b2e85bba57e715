import { finished } from 'node:stream/promises'
import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises'
import type { Knex } from 'knex'
import type pg from 'pg'
import { failure } from './failure.ts'
import { terminate } from './fault-bench.ts'
import type { FaultProxy } from './fault-proxy.ts'

/** An application in the scope of a tenant, and the means to do it harm. */
export interface KnexVictim {
  readonly db: Knex
  /** Of a superuser. */
  readonly admin: pg.Client
  readonly proxy: FaultProxy
}

/** Settles with the codes or messages that the application meets. */
type Fault = (victim: KnexVictim) => Promise<unknown>

const SLOW = 'select pg_sleep(5), ?::text'
const rows = (db: Knex) =>
  db('projects').joinRaw('cross join generate_series(1, 500) as g(n)').select('tenant_id', 'n')
const pidOf = async (db: Knex): Promise<number> =>
  (await db.raw('select pg_backend_pid() as pid')).rows[0].pid
const insert = (db: Knex) => db('projects').insert({ id: 100, title: 'x' })

/** Reads a few rows, then does `then`. */
async function readSome(stream: NodeJS.ReadableStream, then: () => void): Promise<void> {
  let seen = 0
  stream.on('data', () => {
    if (++seen === 3) then()
  })
  await finished(stream).catch(() => undefined)
}

const both = (title: string, run: (db: Knex) => PromiseLike<unknown>): [string, Fault][] => [
  [title, ({ db }) => failure(Promise.resolve(run(db)))],
  [
    `${title}, in a transaction`,
    ({ db }) =>
      failure(
        db.transaction(async (trx) => {
          await insert(trx)
          await run(trx)
        }),
      ),
  ],
]

export const KNEX_FAULTS: readonly (readonly [string, Fault])[] = [
  ...both('an error of the server', (db) => db.raw('select 1 / ?::int', [0])),
  ...both('a timeout', (db) => db.raw(SLOW, ['a']).timeout(30)),
  ...both('a timeout that cancels', (db) => db.raw(SLOW, ['a']).timeout(30, { cancel: true })),
  ...both('the query_timeout of pg', (db) => db.raw(SLOW, ['a']).options({ query_timeout: 30 })),
  ...both('an error of the application', async () => {
    throw new Error('changed my mind')
  }),
  [
    'a rollback',
    async ({ db }) => {
      const trx = await db.transaction()
      await insert(trx)
      await trx.rollback()
    },
  ],
  [
    'an error that is swallowed before the commit',
    ({ db }) =>
      failure(
        db.transaction(async (trx) => {
          await insert(trx)
          await failure(trx.raw('select 1 / ?::int', [0]))
        }),
      ),
  ],
  [
    'a statement that is not awaited before the commit',
    ({ db }) =>
      db
        .transaction(async (trx) => {
          void insert(trx).catch(() => undefined)
        })
        .catch(() => undefined),
  ],
  [
    'one failure of several in a transaction',
    ({ db }) =>
      failure(
        db.transaction((trx) =>
          Promise.all([trx.raw('select 1 / ?::int', [0]), insert(trx), insert(trx)]),
        ),
      ),
  ],
  [
    'a savepoint that is rolled back',
    async ({ db }) => {
      await db.transaction(async (trx) => {
        await failure(trx.transaction((inner) => inner.raw('select 1 / ?::int', [0])))
        await trx('projects').select()
      })
    },
  ],
  [
    'a stream that is broken off',
    async ({ db }) => {
      const stream = rows(db).stream({ highWaterMark: 5 })
      await readSome(stream, () => stream.destroy())
    },
  ],
  [
    'a stream that is destroyed before it has a connection',
    async ({ db }) => {
      const stream = rows(db).stream()
      stream.destroy()
      await finished(stream).catch(() => undefined)
    },
  ],
  [
    'a stream whose reader throws',
    ({ db }) =>
      failure(
        (async () => {
          for await (const _ of rows(db).stream({ highWaterMark: 5 })) throw new Error('enough')
        })(),
      ),
  ],
  [
    'a stream that fails midway',
    async ({ db }) => {
      const broken = db.raw('select 1 / (400 - n) from generate_series(1, ?::int) as g(n)', [500])
      await readSome(broken.stream({ highWaterMark: 5 }), () => undefined)
    },
  ],
  [
    'a stream that is abandoned in a transaction',
    ({ db }) =>
      db
        .transaction(async (trx) => {
          const stream = rows(trx).stream({ highWaterMark: 5 })
          stream.on('error', () => undefined)
          await new Promise((resolve) => stream.once('data', resolve))
          stream.pause()
        })
        .catch(() => undefined),
  ],
  [
    'a backend that is killed in a statement',
    async ({ db, admin }) => {
      const failed = failure(db.raw(`${SLOW}, 'victim'`, ['a']))
      await killVictim(admin)
      await failed
    },
  ],
  [
    'a backend that is killed between statements',
    ({ db, admin }) =>
      failure(
        db.transaction(async (trx) => {
          await terminate(admin, await pidOf(trx))
          await insert(trx)
        }),
      ),
  ],
  [
    'a backend that is killed while it is idle',
    async ({ db, admin }) => {
      await terminate(admin, await pidOf(db))
      // The client of the pool hears of it a moment later.
      while (!db.client.pool.free[0]?.resource.__knex__disposed) await turn()
    },
  ],
  [
    'a socket that is cut in a statement',
    async ({ db, proxy }) => {
      proxy.on({ dir: 'F', match: /insert into/, action: 'rst' })
      await failure(insert(db))
    },
  ],
  [
    'a socket that is cut in a transaction',
    async ({ db, proxy }) => {
      await failure(
        db.transaction(async (trx) => {
          proxy.on({ dir: 'F', match: /insert into/, action: 'rst' })
          await insert(trx)
        }),
      )
    },
  ],
  [
    'a socket that is cut in a stream',
    async ({ db, proxy }) => {
      const stream = rows(db).stream({ highWaterMark: 5 })
      await readSome(stream, () => {
        for (const wire of proxy.wires) wire.cut()
      })
    },
  ],
  [
    'a pool that is exhausted',
    async ({ db }) => {
      await db.transaction(async (trx) => {
        await trx('projects').select()
        await failure(db('projects'))
      })
    },
  ],
]

async function killVictim(admin: pg.Client): Promise<void> {
  for (;;) {
    const { rows } = await admin.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and query like '%''victim''' and pid <> pg_backend_pid()
          and state = 'active'`,
    )
    if (rows.length > 0) return
    await wait(2)
  }
}

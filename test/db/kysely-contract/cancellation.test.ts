import { sql } from 'kysely'
import { describeContract, tells, titles } from '../../support/contract.ts'
import { loadedVersion } from '../../support/loaded-version.ts'
import { A } from '../../support/tenants.ts'

// Signals are part of Kysely from 0.29 on; 0.28 has no such options.
// biome-ignore lint/suspicious/noExplicitAny: the options of both versions.
type Options = any
const isLater = loadedVersion('kysely').startsWith('0.28.')

const STRATEGIES = ['ignore query', 'cancel query', 'kill session'] as const

/** Aborted once the statement has begun. */
function soon(): AbortSignal {
  const controller = new AbortController()
  setTimeout(() => controller.abort(new Error('no longer wanted')), 30)
  return controller.signal
}

describeContract('the contract of Kysely: cancellation', {
  'is no error without an abort': {
    isLater,
    body: ({ db }) => {
      const { signal } = new AbortController()
      const reads = STRATEGIES.map((inflightQueryAbortStrategy) =>
        db
          .selectFrom('projects')
          .selectAll()
          .orderBy('id')
          .execute({ signal, inflightQueryAbortStrategy } as Options),
      )
      return Promise.all(reads)
    },
  },
  'sends no statement whose signal is aborted already': {
    isLater,
    body: async ({ db }) => {
      const options = { signal: AbortSignal.abort(new Error('too late')) } as Options
      const insert = db.insertInto('projects').values({ id: 7, title: 'x', tenant_id: A })
      const ways = [
        insert.execute(options),
        insert.executeTakeFirst(options),
        sql`select 1`.execute(db, options),
        db.executeQuery(insert.compile(), options),
        insert
          .returning('id')
          .stream({ ...options, chunkSize: 1 })
          .next(),
      ]
      return [await Promise.all(ways.map(tells)), await titles(db)]
    },
  },
  'ends the waiting for a statement that runs, and the next one finds a clean connection': {
    isLater,
    body: async ({ db }) => {
      const seen: unknown[] = []
      for (const inflightQueryAbortStrategy of STRATEGIES) {
        const options = { signal: soon(), inflightQueryAbortStrategy } as Options
        const sleep = db.selectNoFrom(sql`pg_sleep(0.4)`.as('slept'))
        const start = performance.now()
        seen.push(await tells(sleep.execute(options)))
        seen.push(performance.now() - start < 350)
        // The pool of plain Kysely may not have heard yet that its session was killed.
        await tells(titles(db))
        seen.push(await titles(db))
      }
      return seen
    },
  },
  'rolls the transaction back whose statement it ends': {
    isLater,
    body: async ({ db }) => {
      const failed = await tells(
        db.transaction().execute(async (trx) => {
          await trx.insertInto('projects').values({ id: 7, title: 'x', tenant_id: A }).execute()
          const sleep = trx.selectNoFrom(sql`pg_sleep(0.2)`.as('slept'))
          await sleep.execute({ signal: soon() } as Options)
        }),
      )
      return [failed, await titles(db)]
    },
  },
  'ends a stream between its rows': {
    isLater,
    body: async ({ db }) => {
      const controller = new AbortController()
      const read: number[] = []
      const reading = async () => {
        const rows = db
          .selectFrom(sql<{ n: number }>`generate_series(1, 1000)`.as<'g'>(sql`g(n)`))
          .select('g.n')
          .stream({ signal: controller.signal, chunkSize: 1 })
        for await (const { n } of rows) {
          read.push(n)
          controller.abort(new Error('enough'))
        }
      }
      return [await tells(reading()), read, await titles(db)]
    },
  },
})

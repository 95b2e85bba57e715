import { type Kysely, sql } from 'kysely'
import { describeContract, tells, titles } from '../../support/contract.ts'
import { A, type Tables } from '../../support/tenants.ts'

const numbers = (db: Kysely<Tables>, count: number) =>
  db
    .selectFrom(sql<{ n: number }>`generate_series(1, ${sql.lit(count)})`.as<'g'>(sql`g(n)`))
    .select('g.n')

async function all<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const read: T[] = []
  for await (const row of rows) read.push(row)
  return read
}

describeContract('the contract of Kysely: streams', {
  'give every row, in chunks of any size': {
    body: async ({ db }) => {
      const sizes = [1, 2, 3, 100, undefined]
      const read = await Promise.all(sizes.map((size) => all(numbers(db, 5).stream(size))))
      return [read, await all(db.selectFrom('projects').select('title').orderBy('id').stream())]
    },
  },
  'give none where there is none': {
    body: ({ db }) => all(db.selectFrom('projects').selectAll().where('id', '=', 99).stream()),
  },
  'give their connection back when the loop is left': {
    body: async ({ db }) => {
      const read: number[] = []
      for (let i = 0; i < 4; i++) {
        for await (const { n } of numbers(db, 1000).stream(10)) {
          read.push(n)
          break
        }
      }
      return [read, await titles(db)]
    },
  },
  'give their connection back when the loop fails': {
    body: async ({ db }) => {
      const failing = async () => {
        for await (const { n } of numbers(db, 1000).stream(10)) throw new Error(`at ${n}`)
      }
      const failed: unknown[] = []
      for (let i = 0; i < 4; i++) failed.push(await tells(failing()))
      return [failed, await titles(db)]
    },
  },
  'fail with the error of the server, at its row': {
    body: async ({ db }) => {
      const read: number[] = []
      const reading = async () => {
        const rows = db
          .selectFrom(
            sql<{ n: number }>`(select 10 / (3 - n) as n from generate_series(1, 5) n)`.as('g'),
          )
          .select('g.n')
        for await (const { n } of rows.stream(1)) read.push(n)
      }
      return [await tells(reading()), read, await titles(db)]
    },
  },
  'write rows that are returned': {
    body: async ({ db }) => {
      const values = [7, 8].map((id) => ({ id, title: `row ${id}`, tenant_id: A }))
      const inserted = await all(db.insertInto('projects').values(values).returning('id').stream(1))
      const updated = await all(
        db
          .updateTable('projects')
          .set({ title: 'x' })
          .where('id', '=', 7)
          .returning('title')
          .stream(),
      )
      const deleted = await all(
        db.deleteFrom('projects').where('id', '>', 6).returning('id').stream(),
      )
      return [inserted, updated, deleted, await titles(db)]
    },
  },
  'run in a transaction, with statements before and behind them': {
    body: ({ db }) =>
      db.transaction().execute(async (trx) => {
        await trx.insertInto('projects').values({ id: 7, title: 'seven', tenant_id: A }).execute()
        const read = await all(trx.selectFrom('projects').select('id').orderBy('id').stream(1))
        return [read, await titles(trx)]
      }),
  },
  'run two at a time over two connections': {
    body: async ({ db }) => {
      const [one, two] = [numbers(db, 3).stream(1), numbers(db, 3).stream(1)]
      const read: unknown[] = []
      for (let i = 0; i < 4; i++) read.push(await one.next(), await two.next())
      return read
    },
  },
  'need a cursor': {
    body: ({ open }) =>
      tells(
        all(
          open({ cursor: null as never })
            .selectFrom('projects')
            .selectAll()
            .stream(),
        ),
      ),
  },
})

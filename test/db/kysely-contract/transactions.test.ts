import { sql } from 'kysely'
import { describeContract, tells, titles, told } from '../../support/contract.ts'
import { loadedVersion } from '../../support/loaded-version.ts'
import { A } from '../../support/tenants.ts'

const row = (id: number) => ({ id, title: `row ${id}`, tenant_id: A })

describeContract('the contract of Kysely: transactions', {
  'commit, and give what the callback returned': {
    body: async ({ db }) => {
      const given = await db.transaction().execute(async (trx) => {
        await trx.insertInto('projects').values(row(7)).execute()
        return [trx.isTransaction, db.isTransaction, 'returned']
      })
      return [given, await titles(db)]
    },
  },
  'roll back when the callback fails, with its very error': {
    body: async ({ db }) => {
      const thrown = new RangeError('of the callback')
      const caught = await db
        .transaction()
        .execute(async (trx) => {
          await trx.insertInto('projects').values(row(7)).execute()
          throw thrown
        })
        .catch((error) => error)
      return [caught === thrown, await titles(db)]
    },
  },
  'roll back when a statement fails, with the error of the server': {
    body: async ({ db }) => {
      const failed = await tells(
        db.transaction().execute(async (trx) => {
          await trx.insertInto('projects').values(row(7)).execute()
          await trx.insertInto('projects').values(row(7)).execute()
        }),
      )
      return [failed, await titles(db)]
    },
  },
  'refuse statements behind one that failed': {
    body: ({ db }) =>
      db
        .transaction()
        .execute(async (trx) => [
          await tells(sql`select 1/0`.execute(trx)),
          await tells(titles(trx)),
        ])
        .catch(told),
    differs: {
      row: 'A commit that the server turns into a rollback',
      as: { code: 'TRANSACTION.ROLLED_BACK' },
    },
  },
  'have the isolation level and the access mode that was asked for': {
    body: async ({ db }) => {
      const levels = ['read committed', 'repeatable read', 'serializable'] as const
      const seen: unknown[] = []
      for (const level of levels) {
        for (const mode of ['read only', 'read write'] as const) {
          const transaction = db.transaction().setIsolationLevel(level).setAccessMode(mode)
          const { rows } = await transaction.execute((trx) =>
            sql`select current_setting('transaction_isolation') as level,
              current_setting('transaction_read_only') as "readOnly"`.execute(trx),
          )
          seen.push(rows)
        }
      }
      const write = db
        .transaction()
        .setAccessMode('read only')
        .execute((trx) => trx.insertInto('projects').values(row(7)).execute())
      return [seen, await tells(write)]
    },
  },
  'do not nest, connect or destroy': {
    body: ({ db }) =>
      db.transaction().execute(async (trx) => {
        const ways = [
          () => trx.transaction(),
          () => trx.connection(),
          () => trx.startTransaction(),
          () => trx.destroy(),
        ]
        return Promise.all(
          ways.map((way) =>
            tells(
              Promise.resolve()
                .then(way)
                .then(() => 'worked'),
            ),
          ),
        )
      }),
  },
  'run statements that were handed over at once one after the other': {
    body: ({ db }) =>
      db.transaction().execute(async (trx) => {
        const ids = [7, 8, 9]
        await Promise.all(ids.map((id) => trx.insertInto('projects').values(row(id)).execute()))
        return titles(trx)
      }),
  },
  'wait for a statement that was not awaited, and commit it': {
    body: async ({ db }) => {
      let late: unknown
      await db.transaction().execute(async (trx) => {
        late = tells(trx.insertInto('projects').values(row(7)).returning('title').execute())
      })
      return [await late, await titles(db)]
    },
  },
  'are seen by others once they are committed': {
    body: async ({ db }) => {
      const during = await db.transaction().execute(async (trx) => {
        await trx.insertInto('projects').values(row(7)).execute()
        return [await titles(trx), await titles(db)]
      })
      return [...during, await titles(db)]
    },
  },
  'are not usable behind their end': {
    // Before, plain Kysely reads on.
    isLater: loadedVersion('kysely').startsWith('0.28.'),
    body: async ({ db }) => {
      let kept = db
      await db.transaction().execute(async (trx) => {
        kept = trx
      })
      return tells(titles(kept))
    },
  },
})

import type { Knex } from 'knex'
import { type Behaviour, projects, row, told, written } from './behaviour.ts'

export const TRANSACTIONS: Readonly<Record<string, Behaviour>> = {
  'resolve with the value of the handler, and store its rows': async (db) => [
    await db.transaction(async (trx) => {
      await projects(trx).insert(row(100))
      return 'value'
    }),
    await written(db),
  ],
  'reject with the error of the handler, and store nothing': async (db) => [
    await told(() =>
      db.transaction(async (trx) => {
        await projects(trx).insert(row(100))
        throw new TypeError('of the handler')
      }),
    ),
    await written(db),
  ],
  'roll back with an error, and with none': async (db) => [
    await told(() => db.transaction((trx) => void trx.rollback(new Error('given')))),
    await told(() => db.transaction((trx) => void trx.rollback())),
  ],
  'without a handler: rollback resolves, unless it is told to reject': async (db) => {
    const quiet = await db.transaction()
    const loud = async () => {
      const trx = await db.transaction(undefined, { doNotRejectOnRollback: false })
      trx.executionPromise.catch(() => undefined)
      await trx.rollback(new Error('given'))
      return trx.executionPromise
    }
    await quiet.rollback()
    return [await told(() => quiet.executionPromise), quiet.isCompleted(), await told(loud)]
  },
  'tell their state, by isCompleted and executionPromise': async (db) => {
    const trx = await db.transaction()
    const before = trx.isCompleted()
    await trx.commit('of the commit')
    return [before, trx.isCompleted(), await trx.executionPromise, trx.isTransaction]
  },
  'refuse statements after their end': async (db) => {
    const trx = await db.transaction()
    await trx.commit()
    return [await told(() => projects(trx)), await told(() => trx.raw('select 1'))]
  },
  'keep outer rows when a savepoint is rolled back, and know their parent': async (db) => [
    await db.transaction(async (outer) => {
      await projects(outer).insert(row(100))
      const inner = await told(() =>
        outer.transaction(async (inner) => {
          await projects(inner).insert(row(101))
          await projects(inner).insert(row(100))
        }),
      )
      const isParent = await outer.transaction(
        async (inner) => (inner as { parentTransaction?: unknown }).parentTransaction === outer,
      )
      return [inner, isParent]
    }),
    await written(db),
  ],
  'send begin, savepoints and commit in this order': async (db) => {
    const texts: string[] = []
    const listen = ({ sql }: { sql: string }) => texts.push(sql.replace(/trx\d+/g, 'trx'))
    db.on('query', listen)
    await db.transaction(async (trx) => {
      await trx.transaction(async (inner) => inner.raw('select 1'))
      await told(() => trx.transaction(async (inner) => inner.raw('select 1 / 0')))
    })
    db.removeListener('query', listen)
    return texts
  },
  'take an isolation level, and readOnly': async (db) => {
    const show = async (trx: Knex) => (await trx.raw('show transaction_isolation')).rows
    const levels = ['read committed', 'repeatable read', 'serializable'] as const
    return [
      await Promise.all(levels.map((isolationLevel) => db.transaction(show, { isolationLevel }))),
      await told(() => db.transaction((trx) => projects(trx).insert(row(100)), { readOnly: true })),
      await told(() => db.transaction(show, { isolationLevel: 'wrong' as 'snapshot' })),
    ]
  },
  'are what transacting and a provider give': async (db) => {
    const provide = db.transactionProvider()
    const [one, two] = [await provide(), await provide()]
    await projects(db).transacting(one).insert(row(100))
    await one.commit()
    return [one === two, await written(db)]
  },
  'carry user parameters': async (db) => {
    const own = db.withUserParams({ isTest: true })
    return own.transaction(async (trx) => [trx.userParams, await projects(trx).pluck('title')])
  },
  'take a batch, chunk by chunk': async (db) => [
    await db.batchInsert('projects', [row(100), row(101), row(102)], 2).returning('id'),
    await told(() => db.batchInsert('projects', [row(103), row(100)], 1)),
    await told(() => db.batchInsert('projects', [row(104)], 0)),
    await written(db),
  ],
}

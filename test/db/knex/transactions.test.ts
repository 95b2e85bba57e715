import { expect } from 'chai'
import type { Knex } from 'knex'
import { failure } from '../../support/failure.ts'
import { KNEXES, type KnexApp, openKnex } from '../../support/tenant-knex.ts'
import { A, B, createWorld, type TenantWorld } from '../../support/tenants.ts'

const SILENT = { warn: () => undefined, error: () => undefined }
const row = (id: number) => ({ id, title: 'x' })

for (const [version, knex] of Object.entries(KNEXES)) {
  describe(`transactions of Knex ${version}`, () => {
    let world: TenantWorld
    let app: KnexApp
    before(async () => {
      world = await createWorld()
      app = openKnex(world, { client: { knex }, config: { log: SILENT } })
    })
    after(async () => {
      await app[Symbol.asyncDispose]()
      await world.drop()
    })

    const inA = <T>(body: (db: Knex) => Promise<T>): Promise<T> =>
      app.tenancy.run(A, () => body(app.db))
    const stored = () => inA(async (db) => db('projects').where('id', '>', 9).pluck('id'))

    it('tell the one who awaits the commit that nothing was stored', async () => {
      const { code } = await failure(
        inA(async (db) => {
          const trx = await db.transaction()
          await trx('projects').insert(row(10))
          await failure(trx.raw('select 1 / ?::int', [0]))
          await trx.commit()
        }),
      )
      expect([code, await stored()]).to.deep.equal(['TRANSACTION.ROLLED_BACK', []])
    })

    it('tell it where the server refuses the commit', async () => {
      const { code } = await failure(
        inA(async (db) => {
          const trx = await db.transaction()
          await trx.raw(`create temp table pairs (a int unique deferrable initially deferred)`)
          await trx.raw('insert into pairs values (1), (1)')
          await trx('projects').insert(row(11))
          await trx.commit()
        }),
      )
      expect([code, await stored()]).to.deep.equal(['23505', []])
    })

    it('tell it where the commit is asked for in the scope of another tenant', async () => {
      const { code } = await failure(
        inA(async (db) => {
          const trx = await db.transaction()
          await trx('projects').insert(row(12))
          await app.tenancy.detached(() => app.tenancy.run(B, () => trx.commit()))
        }),
      )
      expect([code, await stored()]).to.deep.equal(['TENANT.MISMATCH', []])
    })

    it('reject once, with no rejection left over, where their container awaits nothing', async () => {
      const unhandled: unknown[] = []
      const note = (error: unknown) => unhandled.push(error)
      process.on('unhandledRejection', note)
      try {
        const { code } = await failure(
          inA((db) =>
            db.transaction((trx) => {
              failure(trx.raw('select 1 / ?::int', [0])).then(() => {
                trx.commit()
              })
            }),
          ),
        )
        expect([code, unhandled]).to.deep.equal(['TRANSACTION.ROLLED_BACK', []])
      } finally {
        process.off('unhandledRejection', note)
      }
    })

    it('are ended once: a second end waits for the first, and the answers tell what was stored', async () => {
      const settled = async (ends: Promise<unknown>[]) =>
        (await Promise.allSettled(ends)).map((end) =>
          end.status === 'fulfilled' ? 'resolved' : (end.reason.code ?? end.reason.message),
        )
      const endings: ((trx: Knex.Transaction) => Promise<unknown>[])[] = [
        (trx) => [trx.commit(), trx.rollback(), trx.commit()],
        (trx) => [trx.rollback(), trx.commit()],
        (trx) => [trx.commit(), trx.commit()],
        (trx) => [trx.rollback().then(() => trx.commit())],
        (trx) => [trx.commit().then(() => trx.rollback())],
      ]
      const seen = await inA(async (db) => {
        const pid = async () => (await db.raw('select pg_backend_pid() as pid')).rows[0].pid
        const before = await pid()
        const answers: unknown[] = []
        for (const [index, ending] of endings.entries()) {
          const trx = await db.transaction()
          await trx('projects').insert(row(60 + index))
          answers.push([await settled(ending(trx)), await settled([trx.executionPromise])])
        }
        const unawaited = db.transaction(async (trx) => {
          await trx('projects').insert(row(70))
          trx.commit()
        })
        return [...answers, await settled([unawaited]), (await pid()) === before]
      })
      expect(seen).to.deep.equal([
        [['resolved', 'resolved', 'resolved'], ['resolved']],
        [['resolved', 'SCOPE.ENDED'], ['resolved']],
        [['resolved', 'resolved'], ['resolved']],
        [['SCOPE.ENDED'], ['resolved']],
        [['resolved'], ['resolved']],
        ['resolved'],
        true,
      ])
      expect(await stored()).to.deep.equal([60, 62, 64, 70])
      await inA((db) => db('projects').where('id', '>', 9).delete())
    })

    it('give what Knex gives: the value of the callback, that of the commit, and true when completed', async () => {
      const values = await inA(async (db) => {
        const trx = await db.transaction()
        await trx.commit()
        return [
          await db.transaction(async () => 'of the callback'),
          await db.transaction((inner) => void inner.commit('of the commit')),
          trx.isCompleted(),
          await failure(Promise.resolve(trx('projects'))).then(({ message }) => message),
        ]
      })
      expect(values).to.deep.equal([
        'of the callback',
        'of the commit',
        true,
        'Transaction query already complete, run with DEBUG=knex:tx for more info',
      ])
    })

    it('keep the outer rows when inner ones are rolled back, three deep', async () => {
      await inA((db) =>
        db.transaction(async (trx) => {
          await trx('projects').insert(row(20))
          await trx.transaction(async (inner) => {
            await inner('projects').insert(row(21))
            await failure(inner.transaction((third) => third('projects').insert(row(20))))
            await inner('projects').insert(row(22))
          })
          await failure(
            trx.transaction(async (inner) => {
              await inner('projects').insert(row(23))
              throw new Error('changed my mind')
            }),
          )
          const one = await trx.transaction()
          await one('projects').insert(row(24))
          await one.rollback()
        }),
      )
      expect(await stored()).to.deep.equal([20, 21, 22])
      await inA(async (db) => db('projects').where('id', '>', 9).delete())
    })

    it('run beside each other as savepoints, one after the other', async () => {
      const seen = await inA((db) =>
        db.transaction((trx) =>
          Promise.all(
            [1, 2, 3].map((n) =>
              trx.transaction(async (inner) => {
                const { rows } = await inner.raw('select ?::int as n', [n])
                return rows[0].n
              }),
            ),
          ),
        ),
      )
      expect(seen).to.deep.equal([1, 2, 3])
    })

    it('have the isolation that they ask for, and refuse writes where they are read-only', async () => {
      const options = { isolationLevel: 'serializable', readOnly: true } as const
      const show = async (trx: Knex) => (await trx.raw('show transaction_isolation')).rows[0]
      const [level, { code }] = await inA(async (db) => [
        await db.transaction(show, options),
        await failure(db.transaction((trx) => trx('projects').insert(row(25)), options)),
      ])
      expect([level, code]).to.deep.equal([{ transaction_isolation: 'serializable' }, '25006'])
    })

    it('belong to the scope of their begin: a provider in another one is refused', async () => {
      const { code } = await failure(
        inA(async (db) => {
          const provide = db.transactionProvider()
          const trx = await provide()
          expect(await provide()).to.equal(trx)
          try {
            await app.tenancy.detached(() =>
              app.tenancy.run(B, async () => (await provide())('projects').select()),
            )
          } finally {
            await trx.rollback()
          }
        }),
      )
      expect(code).to.equal('TENANT.MISMATCH')
    })

    it('take batches, whole or not at all', async () => {
      const rows = Array.from({ length: 25 }, (_, i) => row(30 + i))
      const { code } = await failure(
        inA((db) => db.batchInsert('projects', [...rows, row(30)], 10)),
      )
      expect([code, await stored()]).to.deep.equal(['23505', []])
      const ids = await inA((db) =>
        db.transaction((trx) =>
          db.batchInsert('projects', rows, 10).returning('id').transacting(trx),
        ),
      )
      expect([ids.length, (await stored()).length]).to.deep.equal([25, 25])
      await inA(async (db) => db('projects').where('id', '>', 9).delete())
    })
  })
}

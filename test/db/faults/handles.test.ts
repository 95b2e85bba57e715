import { expect } from 'chai'
import { type Kysely, sql } from 'kysely'
import { TenantDialect } from '../../../src/index.ts'
import { insertFor, insertForA } from '../../support/expect-clean.ts'
import { failure } from '../../support/failure.ts'
import { backendOf, describeFaults, limitWaiting, tenantsSeen } from '../../support/fault-bench.ts'
import { strategyOptions } from '../../support/strategies.ts'
import { A, B, type Tables } from '../../support/tenants.ts'

describeFaults('faults: handles', (bench) => {
  const kept = () => bench.inA((db) => db.connection().execute(async (one) => one))
  const inTransactionOfB = (body: (trx: Kysely<Tables>) => Promise<void>) =>
    bench.app.tenancy.run(B, () => bench.app.db.transaction().execute(body))

  it('F09 a connection that is released twice is in the pool once', async () => {
    const { app, strategy } = bench
    const dialect = new TenantDialect({
      tenancy: app.tenancy,
      pool: app.pool,
      ...strategyOptions(strategy),
    })
    const driver = dialect.createDriver()
    await driver.init()
    const connection = await app.tenancy.run(A, () => driver.acquireConnection())
    await driver.releaseConnection(connection)
    await driver.releaseConnection(connection)
    while (app.pool.idleCount === 0) await new Promise(setImmediate)
    const { totalCount, idleCount } = app.pool
    expect({ totalCount, idleCount }).to.deep.equal({ totalCount: 1, idleCount: 1 })
    await bench.expectClean()
  })

  it('F10 an exception of the callback rolls the transaction back and is what the caller gets', async () => {
    const mine = new Error('mine')
    const run = bench.inA((db) =>
      db.transaction().execute(async (trx) => {
        await insertForA(100).execute(trx)
        throw mine
      }),
    )
    expect(await failure(run)).to.equal(mine)
    expect(await bench.stored()).to.deep.equal([])
    expect(await bench.inA(backendOf)).to.equal(bench.pid)
    await bench.expectClean()
  })

  it('F11 P5 a handle that is read after its scope throws, and the scope that has the client reads on', async () => {
    const handle = await kept()
    await inTransactionOfB(async (trx) => {
      expect(await tenantsSeen(trx)).to.deep.equal([B])
      const read = sql`select * from projects`.execute(handle)
      expect((await failure(read)).code).to.equal('SCOPE.ENDED')
      expect(await tenantsSeen(trx)).to.deep.equal([B])
    })
    await bench.expectClean()
  })

  it('F11b P5 a handle that is written to after its scope throws, and writes nothing', async () => {
    const handle = await kept()
    await inTransactionOfB(async (trx) => {
      await insertFor(B, 100).execute(trx)
      expect((await failure(insertForA(101).execute(handle))).code).to.equal('SCOPE.ENDED')
      await insertFor(B, 102).execute(trx)
    })
    expect(await bench.stored()).to.deep.equal([100, 102])
    await bench.admin.query('delete from projects where id >= 100')
    await bench.expectClean()
  })

  it('F11c statements that are not awaited when their transaction ends are committed with it', async () => {
    let late: Promise<unknown>[] = []
    await bench.inA((db) =>
      db.transaction().execute(async (trx) => {
        await insertForA(100).execute(trx)
        late = [101, 102, 103].map((id) => insertForA(id).execute(trx))
      }),
    )
    const settled = await Promise.allSettled(late)
    expect(settled.map(({ status }) => status)).to.deep.equal([
      'fulfilled',
      'fulfilled',
      'fulfilled',
    ])
    expect(await bench.stored()).to.deep.equal([100, 101, 102, 103])
    await bench.admin.query('delete from projects where id >= 100')
    await bench.expectClean()
  })

  it('F11d a transaction is rolled back when a statement that is not awaited fails', async () => {
    let late: Promise<Error & { code?: string }> | undefined
    const error = await failure(
      bench.inA((db) =>
        db.transaction().execute(async (trx) => {
          await insertForA(100).execute(trx)
          late = failure(sql`select 1 / 0`.execute(trx))
        }),
      ),
    )
    expect(error.code).to.equal('TRANSACTION.ROLLED_BACK')
    expect((await late)?.code).to.equal('22012')
    expect(await bench.stored()).to.deep.equal([])
    await bench.expectClean()
  })

  it('F12 a scope inside the scope of another tenant throws, and changes nothing for the outer', async () => {
    const { db, tenancy } = bench.app
    await tenancy.run(A, async () => {
      expect(() => tenancy.run(B, () => tenantsSeen(db))).to.throw('Bound to tenant')
      expect(await tenantsSeen(db)).to.deep.equal([A])
    })
    await bench.expectClean()
  })

  it('F12a the handle of another tenant inside a transaction has its own connection and rows', async () => {
    await bench.reopen({ pool: { max: 2 } })
    const { db, tenancy } = bench.app
    const [a, b] = [tenancy.forTenant(db, A), tenancy.forTenant(db, B)]
    await a.transaction().execute(async (trx) => {
      await insertForA(100).execute(trx)
      expect(await tenantsSeen(b)).to.deep.equal([B])
      expect(await tenantsSeen(trx as Kysely<Tables>)).to.deep.equal([A])
    })
    expect(await bench.stored()).to.deep.equal([100])
    await bench.expectClean()
  })

  it('F12b a second connection inside the only one fails with connectionTimeoutMillis, and harms nothing', async () => {
    await limitWaiting(bench.app.pool)
    const { db, tenancy } = bench.app
    const b = tenancy.forTenant(db, B)
    await tenancy
      .forTenant(db, A)
      .transaction()
      .execute(async (trx) => {
        await insertForA(100).execute(trx)
        expect((await failure(tenantsSeen(b))).code).to.equal('POOL.EXHAUSTED')
        expect(await tenantsSeen(trx as Kysely<Tables>)).to.deep.equal([A])
      })
    expect(await bench.stored()).to.deep.equal([100])
    await bench.expectClean()
  })
})

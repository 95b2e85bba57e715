import { expect } from 'chai'
import { sql } from 'kysely'
import { insertForA } from '../../support/expect-clean.ts'
import { failure } from '../../support/failure.ts'
import { backendOf, describeFaults, limitWaiting, tenantsSeen } from '../../support/fault-bench.ts'
import { waitAtGate, withGate } from '../../support/gate.ts'
import { strategyOptions } from '../../support/strategies.ts'
import { A, B, openDb } from '../../support/tenants.ts'

describeFaults('faults: the pool', (bench) => {
  it('F20 scopes that wait too long for a client give up, and the pool keeps its capacity', async () => {
    await bench.reopen({ pool: { max: 2 } })
    await limitWaiting(bench.app.pool)
    await withGate(bench.admin, async (gate) => {
      const scopes = Array.from({ length: 12 }, () =>
        bench.inA((db) => waitAtGate.execute(db)).catch(({ code }) => code),
      )
      await gate.arrived()
      const given = await Promise.all(scopes.slice(2))
      expect(given).to.deep.equal(Array(10).fill('POOL.EXHAUSTED'))
      await gate.open()
      await Promise.all(scopes)
    })
    await bench.expectClean()
  })

  it('F33 scopes that queue for one client see their own rows, every time', async () => {
    const { db, tenancy } = bench.app
    const tenants = [A, B, A, B, A, B]
    const seen = await Promise.all(
      tenants.map((tenant) =>
        tenancy.run(tenant, async () => [await tenantsSeen(db), await tenantsSeen(db)]),
      ),
    )
    expect(seen).to.deep.equal(tenants.map((tenant) => [[tenant], [tenant]]))
    expect(await bench.inA(backendOf)).to.equal(bench.pid)
    await bench.expectClean()
  })

  const fresh = () =>
    openDb(
      { ...bench.world, appUrl: bench.proxy.url },
      { dialect: strategyOptions(bench.strategy) },
    )
  const GUARD = /rolsuper/

  it('F58 a guard that is cut off refuses its statement, and asks again before the next', async () => {
    const app = fresh()
    try {
      bench.on({ dir: 'F', match: GUARD, action: 'rst' })
      const insert = () => app.tenancy.run(A, () => insertForA(100).execute(app.db))
      expect(await failure(insert())).to.be.an('error')
      expect(await bench.stored()).to.deep.equal([])

      const asked = bench.on({ dir: 'F', match: GUARD, action: (bytes) => bytes })
      await insert()
      await asked.fired
      expect(await bench.stored()).to.deep.equal([100])
    } finally {
      await app[Symbol.asyncDispose]()
    }
    await bench.admin.query('delete from projects where id = 100')
    await bench.expectClean()
  })

  it('F58b a guard that fails on the server refuses its statement, and asks again before the next', async () => {
    const app = fresh()
    try {
      const spoil = (bytes: Buffer) =>
        Buffer.from(bytes.toString('latin1').replace('rolsuper', 'rolsoper'), 'latin1')
      bench.on({ dir: 'F', match: GUARD, action: spoil })
      const read = () => app.tenancy.run(A, () => tenantsSeen(app.db))
      const both = await Promise.all([failure(read()), failure(read())].slice(0, 1))
      expect(both.map(({ code }) => code)).to.deep.equal(['42703'])
      const asked = bench.on({ dir: 'F', match: GUARD, action: (bytes) => bytes })
      expect(await read()).to.deep.equal([A])
      await asked.fired
    } finally {
      await app[Symbol.asyncDispose]()
    }
    await bench.expectClean()
  })

  it('F58c scopes that begin together wait for one guard, and run behind it', async () => {
    const app = openDb(
      { ...bench.world, appUrl: bench.proxy.url },
      { pool: { max: 3 }, dialect: strategyOptions(bench.strategy) },
    )
    try {
      let asked = 0
      const count = (bytes: Buffer) => {
        asked++
        return bytes
      }
      bench.on({ dir: 'F', match: GUARD, once: false, action: count })
      const run = () => app.tenancy.run(A, () => sql`select 1 as one`.execute(app.db))
      const results = await Promise.all([run(), run(), run()])
      expect(results.map(({ rows }) => rows)).to.deep.equal(Array(3).fill([{ one: 1 }]))
      expect(asked).to.equal(1)
    } finally {
      await app[Symbol.asyncDispose]()
    }
    await bench.expectClean()
  })
})

import { expect } from 'chai'
import { Kysely } from 'kysely'
import pg from 'pg'
import Cursor from 'pg-cursor'
import { createTenancy, TenantDialect, TenantPlugin } from '../../../src/index.ts'
import { describeStrategies } from '../../support/driver-bench.ts'
import { failure } from '../../support/failure.ts'
import { tenantsSeen } from '../../support/fault-bench.ts'
import { strategyOptions } from '../../support/strategies.ts'
import { A, type Tables } from '../../support/tenants.ts'

describeStrategies('destroy', (bench) => {
  const openPools = () => {
    const tenancy = createTenancy({ tenant: { type: 'text' }, tables: ['projects'] })
    const pool = new pg.Pool({ connectionString: bench.world.appUrl, max: 1 })
    const adminPool = new pg.Pool({ connectionString: bench.world.adminUrl, max: 1 })
    const make = (pools: object) =>
      new Kysely<Tables>({
        dialect: new TenantDialect({
          tenancy,
          pool,
          cursor: Cursor,
          ...strategyOptions(bench.strategy),
          ...pools,
        }),
        plugins: [new TenantPlugin({ tenancy })],
      })
    return { tenancy, pool, adminPool, make }
  }

  it('ends the pools of the tenants and of the admin, once, and refuses what comes after', async () => {
    const { tenancy, pool, adminPool, make } = openPools()
    const own = make({ adminPool })
    const handle = tenancy.forTenant(own, A)
    expect(await tenantsSeen(handle)).to.deep.equal([A])
    await own.destroy()
    await own[Symbol.asyncDispose]()
    expect([pool.ended, adminPool.ended]).to.deep.equal([true, true])
    for (const read of [() => tenantsSeen(handle), () => tenancy.run(A, () => tenantsSeen(own))])
      expect((await failure(read())).message).to.contain('destroyed')
  })

  it('before the first query leaves open the pools that it was given, as Kysely does', async () => {
    const { pool, adminPool, make } = openPools()
    await make({ adminPool }).destroy()
    expect([pool.ended, adminPool.ended]).to.deep.equal([false, false])
    await Promise.all([pool.end(), adminPool.end()])
  })

  it('before the first query opens no pool that it would have to make', async () => {
    const { pool, adminPool, make } = openPools()
    await Promise.all([pool.end(), adminPool.end()])
    let made = 0
    const lazy = async () => {
      made++
      return pool
    }
    await make({ pool: lazy, adminPool: lazy }).destroy()
    expect(made).to.equal(0)
  })

  it('serves two at once over one dialect; the last to end ends the pools it was given', async () => {
    const { tenancy, pool, adminPool } = openPools()
    const dialect = new TenantDialect({
      tenancy,
      pool,
      adminPool,
      ...strategyOptions(bench.strategy),
    })
    const [one, other] = [new Kysely<Tables>({ dialect }), new Kysely<Tables>({ dialect })]
    for (const db of [one, other])
      expect(await tenancy.run(A, () => tenantsSeen(db))).to.deep.equal([A])
    await one.destroy()
    expect(pool.ended).to.equal(false)
    expect(await tenantsSeen(tenancy.forTenant(other, A))).to.deep.equal([A])
    await other.destroy()
    expect([pool.ended, adminPool.ended]).to.deep.equal([true, true])
  })

  it('serves one after the other over one dialect, each with the pool it opened', async () => {
    const pools: pg.Pool[] = []
    const tenancy = createTenancy({ tenant: { type: 'text' }, tables: ['projects'] })
    const open = async () => {
      const pool = new pg.Pool({ connectionString: bench.world.appUrl, max: 1 })
      pools.push(pool)
      return pool
    }
    const dialect = new TenantDialect({ tenancy, pool: open, ...strategyOptions(bench.strategy) })
    const first = new Kysely<Tables>({ dialect })
    expect(await tenantsSeen(tenancy.forTenant(first, A))).to.deep.equal([A])
    await first.destroy()
    const [second, third] = [new Kysely<Tables>({ dialect }), new Kysely<Tables>({ dialect })]
    for (const db of [second, third])
      expect(await tenantsSeen(tenancy.forTenant(db, A))).to.deep.equal([A])
    await third.destroy()
    expect(pools.map(({ ended }) => ended)).to.deep.equal([true, false, true])
    await tenancy.forTenant(second, A).transaction().execute(tenantsSeen)
    await second.destroy()
    expect(pools.map(({ ended }) => ended)).to.deep.equal([true, true, true])
  })

  it('waits for the transaction that is running', async () => {
    const { tenancy, pool, adminPool, make } = openPools()
    const own = make({ adminPool })
    let destroyed: Promise<void> = Promise.resolve()
    const seen = await tenancy.run(A, () =>
      own.transaction().execute(async (trx) => {
        destroyed = own.destroy()
        return tenantsSeen(trx)
      }),
    )
    expect(seen).to.deep.equal([A])
    await destroyed
    expect([pool.ended, adminPool.ended]).to.deep.equal([true, true])
  })

  it('is not needed for a pool that could not be made, which is tried again', async () => {
    const { tenancy, pool, adminPool, make } = openPools()
    let attempts = 0
    const own = make({
      pool: async () => {
        if (++attempts === 1) throw new Error('no secret yet')
        return pool
      },
      adminPool: async () => adminPool,
    })
    const read = () => tenancy.run(A, () => tenantsSeen(own))
    expect((await failure(read())).message).to.equal('no secret yet')
    expect(await read()).to.deep.equal([A])
    await own.destroy()
    expect([pool.ended, adminPool.ended]).to.deep.equal([true, true])
  })
})

import { expect } from 'chai'
import { Kysely, type PostgresPool, sql } from 'kysely'
import pg from 'pg'
import Cursor from 'pg-cursor'
import { createTenancy, TenantDialect, TenantPlugin } from '../../../src/index.ts'
import { failure } from '../../support/failure.ts'
import { tenantsSeen } from '../../support/fault-bench.ts'
import { A, B, createWorld, type Tables, type TenantWorld } from '../../support/tenants.ts'

// The overloads of `connect` cannot be overridden as one, hence the casts to `never` below.
type Callback = (error: Error | undefined, client: pg.PoolClient | undefined) => void

/** Hands its callback on, and returns a promise all the same, as a method that was made async does. */
class Both extends pg.Pool {
  override async connect(...callback: unknown[]): Promise<never> {
    return super.connect(...(callback as [])) as never
  }
}

/** Calls back when a promise of its own is kept. */
class Late extends pg.Pool {
  override connect(...[callback]: unknown[]): never {
    if (typeof callback !== 'function') return super.connect() as never
    super.connect().then((client) => (callback as Callback)(undefined, client))
    return undefined as never
  }
}

const onlyPromises = (pool: pg.Pool): PostgresPool => ({
  options: pool.options,
  connect: () => pool.connect(),
  end: () => pool.end(),
})

describe('a pool of another make', () => {
  let world: TenantWorld

  before(async () => {
    world = await createWorld()
  })
  after(() => world.drop())

  const open = (Pool: typeof pg.Pool, wrap: (pool: pg.Pool) => PostgresPool = (pool) => pool) => {
    const tenancy = createTenancy({ tenant: { type: 'text' }, tables: { projects: {} } })
    const pool = new Pool({ connectionString: world.appUrl, max: 2 })
    const db = new Kysely<Tables>({
      dialect: new TenantDialect({ tenancy, pool: wrap(pool), cursor: Cursor }),
      plugins: [new TenantPlugin({ tenancy })],
    })
    return { tenancy, pool, db }
  }

  for (const [what, Pool, wrap] of [
    ['knows callbacks and promises', pg.Pool],
    ['returns promises only', pg.Pool, onlyPromises],
    ['calls back and returns a promise', Both],
    ['calls back late', Late],
  ] as const) {
    it(`that ${what} serves every scope its own rows, and gets every client back`, async () => {
      const { tenancy, pool, db } = open(Pool, wrap)
      const tenants = Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? A : B))
      const read = (tenant: string) => tenancy.run(tenant, () => tenantsSeen(db))
      try {
        expect(await Promise.all(tenants.map(read))).to.deep.equal(tenants.map((one) => [one]))
        const wrong = tenancy.run(A, () => sql`select 1/0`.execute(db))
        expect(await failure(wrong)).to.include({ code: '22012' })
        expect([pool.totalCount, pool.idleCount, pool.waitingCount]).to.deep.equal([2, 2, 0])
      } finally {
        await db.destroy()
      }
      expect(pool.ended).to.equal(true)
    })
  }

  it('that cannot connect says so, once for each statement', async () => {
    const refused = new Error('no more today')
    const ways: ((callback: Callback) => unknown)[] = [
      () => Promise.reject(refused),
      (callback) => callback(refused, undefined),
      async (callback) => callback(refused, undefined),
    ]
    for (const connect of ways) {
      const { tenancy, pool, db } = open(pg.Pool, (one) => ({
        ...onlyPromises(one),
        connect: connect as PostgresPool['connect'],
      }))
      const read = () => failure(tenancy.run(A, () => tenantsSeen(db)))
      expect(await Promise.all([read(), read()])).to.deep.equal([refused, refused])
      await pool.end()
    }
  })

  it('that is ended while a client is on its way refuses the statement, and ends', async () => {
    const { tenancy, pool, db } = open(pg.Pool)
    const read = () => tenancy.run(A, () => tenantsSeen(db))
    await read()
    const held = await pool.connect()
    const late = failure(read())
    // It has begun to connect: there is no client but the one that is held.
    while (pool.totalCount < 2) await new Promise(setImmediate)
    const destroyed = db.destroy()
    expect((await late).message).to.equal('driver has already been destroyed')
    held.release()
    await destroyed
    expect([pool.ended, pool.totalCount]).to.deep.equal([true, 0])
  })
})

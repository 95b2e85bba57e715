import { expect } from 'chai'
import knexPackage, { type Knex } from 'knex'
import pg from 'pg'
import { createTenancy, forTenant, tenantClient } from '../../../src/knex/index.ts'
import { failure } from '../../support/failure.ts'
import { openKnex } from '../../support/tenant-knex.ts'
import { A, B, createWorld, type TenantWorld } from '../../support/tenants.ts'

const titles = async (db: Knex): Promise<string[]> =>
  (await db('projects').select('title').orderBy('id')).map(({ title }) => title)

const OF_A = ['a one', 'a two']
const OF_B = ['b one', 'b three']

describe('an instance of Knex that cannot work', () => {
  let world: TenantWorld
  before(async () => {
    world = await createWorld()
  })
  after(() => world.drop())

  const tenancy = createTenancy({ tables: ['projects'] })

  it('is refused when it is made, with every problem', () => {
    const tries: unknown[] = [
      {},
      { tenancy, strategy: 'sequential' },
      { tenancy, guard: 'eror', prepare: { max: 0 } },
      { tenancy, admin: knexPackage({ client: 'mysql2' }) },
      { tenancy, admin: 'postgres://' },
      { tenancy, knex: {} },
      undefined,
    ]
    const failed = tries.map((options) => {
      try {
        tenantClient(options as Parameters<typeof tenantClient>[0])
        return 'made'
      } catch (error) {
        const { code, message } = error as { code: string; message: string }
        return [
          code,
          ...message
            .split('\n')
            .slice(1)
            .map((line) => line.trim()),
        ]
      }
    })
    expect(failed).to.deep.equal([
      ['CONFIG.INVALID', 'tenantClient.tenancy: expected what createTenancy returns'],
      [
        'CONFIG.INVALID',
        "tenantClient.strategy: expected one of local, set-local, session, got 'sequential'",
      ],
      [
        'CONFIG.INVALID',
        "tenantClient.guard: expected one of error, warn, off, got 'eror'",
        'tenantClient.prepare.max: expected a whole number above 0, got 0',
      ],
      ['CONFIG.INVALID', "tenantClient.admin: expected a Knex with the client 'pg'"],
      ['CONFIG.INVALID', "tenantClient.admin: expected a Knex with the client 'pg'"],
      ['CONFIG.INVALID', 'tenantClient.knex: expected the default export of Knex 2.5 to 3'],
      ['CONFIG.INVALID', 'tenantClient.tenancy: expected what createTenancy returns'],
    ])
  })

  it('is refused at its first statement when it has no pool, and after its end', async () => {
    const connection = world.appUrl
    const without = knexPackage({
      client: tenantClient({ tenancy }),
      connection,
      pool: { min: 0, max: 0 },
    })
    const ended = knexPackage({ client: tenantClient({ tenancy }), connection })
    const handle = forTenant(ended, A)
    await titles(handle)
    await ended.destroy()
    const failed = await Promise.all([
      failure(tenancy.run(A, () => titles(without))),
      failure(titles(forTenant(without, A))),
      failure(tenancy.run(A, () => titles(ended))),
      failure(titles(handle)),
      failure(handle.transaction(async () => undefined)),
    ])
    expect(failed.map(({ code }) => code)).to.deep.equal(Array(5).fill('DIALECT.UNSUPPORTED_POOL'))
  })

  it('is refused when its login bypasses row security', async () => {
    const db = knexPackage({ client: tenantClient({ tenancy }), connection: world.url })
    try {
      const { code } = await failure(titles(forTenant(db, A)))
      expect(code).to.equal('ROLE.BYPASSES_RLS')
    } finally {
      await db.destroy()
    }
  })

  it('takes the pool of pg that it is given, and leaves its end to the owner', async () => {
    const connectionPool = new pg.Pool({ connectionString: world.appUrl, max: 1 })
    const app = openKnex(world, { config: { connectionPool } as Partial<Knex.Config> })
    try {
      expect(await titles(forTenant(app.db, A))).to.deep.equal(OF_A)
      await failure(forTenant(app.db, A).raw('select 1 / ?::int', [0]))
      expect(await app.tenancy.run(B, () => titles(app.db))).to.deep.equal(OF_B)
    } finally {
      await app[Symbol.asyncDispose]()
    }
    expect([connectionPool.ended, connectionPool.totalCount]).to.deep.equal([false, 1])
    await connectionPool.end()
  })
})

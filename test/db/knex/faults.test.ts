import { expect } from 'chai'
import type { Knex } from 'knex'
import pg from 'pg'
import { forTenant } from '../../../src/knex/index.ts'
import { type FaultProxy, startFaultProxy } from '../../support/fault-proxy.ts'
import { KNEX_FAULTS } from '../../support/knex-faults.ts'
import { KNEXES, type KnexApp, openKnex } from '../../support/tenant-knex.ts'
import { A, B, createWorld, type TenantWorld } from '../../support/tenants.ts'

const OF_A = [
  { tenant_id: A, id: 1 },
  { tenant_id: A, id: 2 },
]
const OF_B = [
  { tenant_id: B, id: 1 },
  { tenant_id: B, id: 3 },
]

/** The connection of the pool as it comes to those who use Knex without tenancy. */
async function withoutTenancy({ client }: Knex): Promise<unknown> {
  const connection = await client.pool.acquire().promise
  try {
    const { rows } = await connection.query(`
      select nullif(current_setting('app.tenant_id', true), '') as tenant,
        (select count(*)::int from projects) as rows,
        now() <> statement_timestamp() as open`)
    return rows[0]
  } finally {
    client.pool.release(connection)
  }
}

for (const [version, knex] of Object.entries(KNEXES)) {
  for (const strategy of ['local', 'set-local', 'session'] as const) {
    // The older ones have the same connection handling; they are tried with the default strategy.
    if (version !== '3.3' && strategy !== 'local') continue

    describe(`faults with Knex ${version}, strategy ${strategy}`, () => {
      let world: TenantWorld
      let admin: pg.Client
      let proxy: FaultProxy
      let app: KnexApp

      before(async () => {
        world = await createWorld()
        admin = new pg.Client({ connectionString: world.url })
        await admin.connect()
      })
      after(async () => {
        await admin.end()
        await world.drop()
      })
      beforeEach(async () => {
        proxy = await startFaultProxy(world.appUrl)
        app = openKnex(
          { ...world, appUrl: proxy.url },
          {
            client: { knex, strategy },
            config: { acquireConnectionTimeout: 300, log: { warn: () => undefined } },
          },
        )
      })
      afterEach(async () => {
        await app[Symbol.asyncDispose]()
        await proxy.stop()
        await admin.query('delete from projects where id >= 100')
      })

      /** The next users of the one connection see their own rows, and the server holds no tenant. */
      const expectClean = async () => {
        const { db, tenancy } = app
        const seen = () => db('projects').select('tenant_id', 'id').whereBetween('id', [0, 99])
        const { rows } = await tenancy.runGlobal(() => db.raw('select * from projects'))
        expect(rows).to.deep.equal([])
        expect(await withoutTenancy(db)).to.deep.equal({ tenant: null, rows: 0, open: false })
        expect(await tenancy.run(B, () => seen().orderBy('id'))).to.deep.equal(OF_B)
        expect(
          await forTenant(
            db,
            A,
          )('projects')
            .select('tenant_id', 'id')
            .where('id', '<', 100)
            .orderBy('id'),
        ).to.deep.equal(OF_A)
        // `session` gives a connection back when its reset is answered: the next one waits for it.
        expect(await withoutTenancy(db)).to.deep.equal({ tenant: null, rows: 0, open: false })
        const { numUsed, numPendingAcquires } = db.client.pool
        expect([
          numUsed.call(db.client.pool),
          numPendingAcquires.call(db.client.pool),
        ]).to.deep.equal([0, 0])
      }

      for (const [title, fault] of KNEX_FAULTS) {
        it(`${title} leaves nothing to the next user`, async () => {
          await app.tenancy.run(A, () => fault({ db: app.db, admin, proxy }))
          await expectClean()
          await fault({ db: forTenant(app.db, A), admin, proxy })
          await expectClean()
        })
      }
    })
  }
}

import { expect } from 'chai'
import type { Knex } from 'knex'
import pg from 'pg'
import { forTenant } from '../../../src/knex/index.ts'
import { STATEMENTS } from '../../support/knex-behaviours/statements.ts'
import { STREAMS } from '../../support/knex-behaviours/streams.ts'
import { TRANSACTIONS } from '../../support/knex-behaviours/transactions.ts'
import { KNEXES, type KnexApp, openKnex } from '../../support/tenant-knex.ts'
import { A, createWorld, type TenantWorld } from '../../support/tenants.ts'

const BEHAVIOURS = { transactions: TRANSACTIONS, statements: STATEMENTS, streams: STREAMS }
const SILENT = { warn: () => undefined, error: () => undefined }
const POOL = { min: 0, max: 4 }

for (const [version, knex] of Object.entries(KNEXES)) {
  describe(`as without a tenant, with Knex ${version}`, () => {
    let world: TenantWorld
    let app: KnexApp
    /** The same login, whose connections have the tenant for ever. */
    let plain: Knex
    let admin: pg.Client
    before(async () => {
      world = await createWorld()
      admin = new pg.Client({ connectionString: world.url })
      await admin.connect()
      app = openKnex(world, { client: { knex }, config: { pool: POOL, log: SILENT } })
      plain = knex({
        client: 'pg',
        connection: { connectionString: world.appUrl, options: `-c app.tenant_id=${A}` },
        pool: POOL,
        log: SILENT,
      })
    })
    after(async () => {
      await plain.destroy()
      await app[Symbol.asyncDispose]()
      await admin.end()
      await world.drop()
    })

    for (const [group, behaviours] of Object.entries(BEHAVIOURS)) {
      describe(group, () => {
        for (const [title, behaviour] of Object.entries(behaviours)) {
          it(title, async () => {
            const run = async (db: Knex) => {
              const result = await behaviour(db)
              await admin.query('delete from projects where id > 99')
              return result
            }
            const wanted = await run(plain)
            expect(await app.tenancy.run(A, () => run(app.db))).to.deep.equal(wanted)
            expect(await run(forTenant(app.db, A))).to.deep.equal(wanted)
            const { pool } = app.db.client
            expect([pool.numUsed(), pool.numPendingAcquires()]).to.deep.equal([0, 0])
          })
        }
      })
    }
  })
}

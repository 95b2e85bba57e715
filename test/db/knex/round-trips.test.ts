import { expect } from 'chai'
import type { Knex } from 'knex'
import { forTenant } from '../../../src/knex/index.ts'
import { KNEXES, type KnexApp, openKnex } from '../../support/tenant-knex.ts'
import { A, createWorld, type TenantWorld } from '../../support/tenants.ts'
import { startWireProxy, type WireProxy } from '../../support/wire-proxy.ts'

const ROUND_TRIPS = (count: number) => ({ client: count, server: count })

for (const [version, knex] of Object.entries(KNEXES)) {
  describe(`P1 one round trip with Knex ${version}`, () => {
    let world: TenantWorld
    let proxy: WireProxy
    let app: KnexApp

    before(async () => {
      world = await createWorld()
      proxy = await startWireProxy(world.appUrl)
      app = openKnex({ ...world, appUrl: proxy.url }, { client: { knex } })
      // The login is checked once per pool, the pooler question asked once per connection.
      await app.tenancy.run(A, () => app.db('projects'))
    })
    after(async () => {
      await app[Symbol.asyncDispose]()
      await proxy.stop()
      await world.drop()
    })

    let id = 10
    const STATEMENTS: Record<string, (db: Knex) => PromiseLike<unknown>> = {
      select: (db) => db('projects').where({ id: 1 }),
      'an insert with returning': (db) => db('projects').insert({ id: id++, title: 'x' }, ['id']),
      update: (db) => db('projects').update({ title: 'y' }).where({ id: 10 }),
      delete: (db) => db('projects').delete().where({ id: 10 }),
      raw: (db) => db.raw('select ?::int as one', [1]),
    }
    for (const [title, statement] of Object.entries(STATEMENTS)) {
      it(`is what ${title} costs, in a scope and over a handle`, async () => {
        for (const run of [
          () => app.tenancy.run(A, () => statement(app.db)),
          () => statement(forTenant(app.db, A)),
        ]) {
          proxy.take()
          await run()
          expect(proxy.take()).to.deep.equal(ROUND_TRIPS(1))
        }
      })
    }

    it('is what each step of a transaction costs: begin, savepoint, statement, release, commit', async () => {
      proxy.take()
      await app.tenancy.run(A, () =>
        app.db.transaction((trx) => trx.transaction((inner) => inner('projects').select())),
      )
      expect(proxy.take()).to.deep.equal(ROUND_TRIPS(5))
    })
  })
}

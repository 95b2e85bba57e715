import { expect } from 'chai'
import {
  A,
  createWorld,
  openAll,
  openDb,
  type TenantDb,
  type TenantWorld,
} from '../../support/tenants.ts'
import { startWireProxy, type Traffic, type WireProxy } from '../../support/wire-proxy.ts'

const ONE = { client: 1, server: 1 }

// Would turn red by a second Sync, a second write, or a statement of our own before the user's.
describe('P1 one round trip', () => {
  let world: TenantWorld
  let proxy: WireProxy
  let app: TenantDb

  before(async () => {
    world = await createWorld()
    proxy = await startWireProxy(world.appUrl)
    app = openDb({ ...world, appUrl: proxy.url })
    // The login is checked once per pool, the pooler question asked once per connection.
    await app.tenancy.run(A, () => app.db.selectFrom('projects').select('id').execute())
  })
  after(async () => {
    await app[Symbol.asyncDispose]()
    await proxy.stop()
    await world.drop()
  })

  const measure = async (body: () => Promise<unknown>): Promise<Traffic> => {
    proxy.take()
    await body()
    return proxy.take()
  }

  it('is what a select costs', async () => {
    const { db, tenancy } = app
    const select = () => tenancy.run(A, () => db.selectFrom('projects').selectAll().execute())
    // The first of the two prepares the prelude, the second uses it.
    expect(await measure(select)).to.deep.equal(ONE)
    expect(await measure(select)).to.deep.equal(ONE)
  })

  it('is what a select with parameters, an insert and a failing statement cost', async () => {
    const { db, tenancy } = app
    const row = { id: 10, title: 'ten', tenant_id: A }
    const statements: (() => Promise<unknown>)[] = [
      () => db.selectFrom('projects').select('title').where('id', '=', 1).execute(),
      () => db.insertInto('projects').values(row).execute(),
      () =>
        db
          .insertInto('projects')
          .values(row)
          .execute()
          .catch(() => undefined),
      () => db.deleteFrom('projects').where('id', '=', 10).execute(),
    ]
    for (const statement of statements) {
      expect(await measure(() => tenancy.run(A, statement))).to.deep.equal(ONE)
    }
  })

  it('is what each step of a transaction costs: begin, statement, commit', async () => {
    const { db, tenancy } = app
    const steps: Traffic[] = []
    const step = () => steps.push(proxy.take())
    proxy.take()
    await tenancy.run(A, () =>
      db.transaction().execute(async (trx) => {
        step()
        await trx.selectFrom('projects').selectAll().execute()
        step()
      }),
    )
    step()
    expect(steps).to.deep.equal([ONE, ONE, ONE])
  })

  it('adds none to a stream', async () => {
    const { db, tenancy } = app
    const stream = async (query: { stream(rows: number): AsyncIterable<unknown> }) => {
      for await (const _ of query.stream(1));
    }
    const plainProxy = await startWireProxy(world.url)
    const plain = openAll({ url: plainProxy.url })
    try {
      const rowsOfA = plain.selectFrom('projects').selectAll().where('tenant_id', '=', A)
      await stream(rowsOfA)
      plainProxy.take()
      await stream(rowsOfA)
      expect(
        await measure(() => tenancy.run(A, () => stream(db.selectFrom('projects').selectAll()))),
      ).to.deep.equal(plainProxy.take())
    } finally {
      await plain.destroy()
      await plainProxy.stop()
    }
  })

  it('is the same for a handle', async () => {
    const handle = app.tenancy.forTenant(app.db, A)
    expect(await measure(() => handle.selectFrom('projects').selectAll().execute())).to.deep.equal(
      ONE,
    )
  })
})

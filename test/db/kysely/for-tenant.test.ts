import { expect } from 'chai'
import type { Kysely } from 'kysely'
import { createTenancy } from '../../../src/index.ts'
import { tenantsSeen } from '../../support/fault-bench.ts'
import {
  A,
  B,
  createWorld,
  openDb,
  type Tables,
  type TenantDb,
  type TenantWorld,
} from '../../support/tenants.ts'

const code = (promise: Promise<unknown>): Promise<string | undefined> =>
  promise.then(
    () => undefined,
    (error) => error.code,
  )

describe('forTenant', () => {
  let world: TenantWorld
  let app: TenantDb
  let db: Kysely<Tables>

  before(async () => {
    world = await createWorld()
  })
  after(() => world.drop())
  beforeEach(() => {
    app = openDb(world)
    db = app.db
  })
  afterEach(() => app[Symbol.asyncDispose]())

  it('binds a handle to its tenant: queries, raw SQL, transactions, streams, introspection', async () => {
    const a = app.tenancy.forTenant(db, A)
    expect(await tenantsSeen(a)).to.deep.equal([A])
    expect(await tenantsSeen(a.withoutPlugins())).to.deep.equal([A])
    expect(await a.transaction().execute(tenantsSeen)).to.deep.equal([A])
    expect(await a.connection().execute(tenantsSeen)).to.deep.equal([A])
    const ids: number[] = []
    for await (const { id } of a.selectFrom('projects').select('id').stream(1)) ids.push(id)
    expect(ids).to.have.length(2)
    const tables = await a.introspection.getTables()
    expect(tables.map(({ name }) => name)).to.include('projects')
    // The pool belongs to the Kysely that the handle was made from.
    await a.destroy()
    expect(await tenantsSeen(app.tenancy.forTenant(db, B))).to.deep.equal([B])
  })

  it('refuses to bind the handle of one tenant to another, or to the admin', async () => {
    const { tenancy } = app
    for (const detached of [false, true]) {
      const a = tenancy.forTenant(db, A, { detached }) as Kysely<Tables>
      expect(await tenantsSeen(tenancy.forTenant(a, A))).to.deep.equal([A])
      const others = [
        tenancy.forTenant(a, B),
        tenancy.forTenant(a, B, { detached: true }),
        tenancy.forAdmin(a) as unknown as Kysely<Tables>,
      ]
      for (const other of others) {
        expect(await code(tenantsSeen(other))).to.equal('TENANT.MISMATCH')
      }
    }
  })

  it('refuses to make a handle of what it cannot bind', async () => {
    const other = createTenancy({ tables: ['projects'] })
    expect(() => other.forTenant(db, A)).to.throw('no TenantDialect of this tenancy')
    await app.tenancy.run(A, () =>
      db.transaction().execute(async (trx) => {
        expect(() => app.tenancy.forTenant<Tables>(trx, A)).to.throw('A transaction belongs to')
      }),
    )
  })
})

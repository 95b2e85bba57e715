import { expect } from 'chai'
import { type Kysely, sql } from 'kysely'
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

describe('scopes', () => {
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

  describe('P4 closed and loud', () => {
    it('refuses a statement without a scope before a connection is taken', async () => {
      expect(await code(db.selectFrom('projects').selectAll().execute())).to.equal('TENANT.MISSING')
      expect(await code(sql`select 1`.execute(db))).to.equal('TENANT.MISSING')
      expect(await code(db.transaction().execute(async () => undefined))).to.equal('TENANT.MISSING')
      expect(app.pool.totalCount).to.equal(0)
    })

    it('gives a builder that leaves its scope unexecuted no scope', async () => {
      const query = app.tenancy.run(A, () => db.selectFrom('projects').selectAll())
      expect(await code(query.execute())).to.equal('TENANT.MISSING')
    })

    it('runs a query that was compiled in one scope with the tenant of the scope it runs in', async () => {
      const compiled = app.tenancy.run(A, () =>
        db.selectFrom('projects').select('tenant_id').distinct().compile(),
      )
      const { rows } = await app.tenancy.run(B, () => db.executeQuery(compiled))
      expect(rows).to.deep.equal([{ tenant_id: B }])
    })

    it('refuses several commands in one text, so nothing can be smuggled behind a statement', async () => {
      const run = () => sql.raw(`select 1; set app.tenant_id = '${B}'`).execute(db)
      expect(await code(app.tenancy.run(A, run))).to.equal('42601')
    })
  })

  describe('P5 a handle dies with its scope', () => {
    it('throws SCOPE.ENDED from a connection that was given back, and sends nothing', async () => {
      const kept = await app.tenancy.run(A, () => db.connection().execute(async (c) => c))
      // Kysely's own handle would read the rows of the tenant that has the client now.
      await app.tenancy.run(B, () =>
        db.connection().execute(async (current) => {
          expect(await tenantsSeen(current)).to.deep.equal([B])
          expect(await code(sql`delete from projects`.execute(kept))).to.equal('SCOPE.ENDED')
          expect(await tenantsSeen(current)).to.deep.equal([B])
        }),
      )
    })

    it('throws SCOPE.ENDED from a stream that begins after its connection was given back', async () => {
      const kept = await app.tenancy.run(A, () => db.connection().execute(async (c) => c))
      const read = async () => {
        for await (const _ of kept.withoutPlugins().selectFrom('projects').selectAll().stream()) {
          expect.fail('a row was read')
        }
      }
      expect(await code(read())).to.equal('SCOPE.ENDED')
    })
  })

  describe('P6 one transaction, one scope', () => {
    it('throws TENANT.MISMATCH for a statement of another scope, which is not sent', async () => {
      await app.tenancy.run(A, () =>
        db.transaction().execute(async (trx) => {
          const admin = () => trx.selectFrom('projects').selectAll().execute()
          expect(await code(app.tenancy.runAsAdmin(admin))).to.equal('TENANT.MISMATCH')
          expect(await tenantsSeen(trx)).to.deep.equal([A])
        }),
      )
    })

    it('refuses the scope of a tenant inside that of another, and nests the rest', async () => {
      const { tenancy } = app
      expect(() => tenancy.run(A, () => tenancy.run(B, () => 1))).to.throw('Bound to tenant')
      expect(tenancy.run(A, () => tenancy.run(A, () => tenancy.current()?.tenant))).to.equal(A)
      const kinds = tenancy.run(A, () => [
        tenancy.runAsAdmin(() => tenancy.current()?.kind),
        tenancy.runGlobal(() => tenancy.current()?.kind),
        tenancy.current()?.kind,
      ])
      expect(kinds).to.deep.equal(['admin', 'global', 'tenant'])
    })

    it('refuses a handle inside the scope of another tenant', async () => {
      const b = app.tenancy.forTenant(db, B)
      expect(await code(app.tenancy.run(A, () => tenantsSeen(b)))).to.equal('TENANT.MISMATCH')
      expect(await app.tenancy.run(B, () => tenantsSeen(b))).to.deep.equal([B])
    })
  })

  it('keeps concurrent scopes apart on one connection', async () => {
    const seen = await Promise.all(
      Array.from({ length: 40 }, (_, i) => app.tenancy.run(i % 2 ? A : B, () => tenantsSeen(db))),
    )
    expect(seen).to.deep.equal(Array.from({ length: 40 }, (_, i) => [i % 2 ? A : B]))
  })

  it('runs parallel statements of one transaction one after the other', async () => {
    const seen = await app.tenancy.run(A, () =>
      db.transaction().execute((trx) => Promise.all([1, 2, 3].map(() => tenantsSeen(trx)))),
    )
    expect(seen).to.deep.equal([[A], [A], [A]])
  })

  it('leaves the first place in a transaction to isolation level and SET TRANSACTION', async () => {
    const level = (trx: Kysely<Tables>) => sql`show transaction_isolation`.execute(trx)
    const seen = await app.tenancy.run(A, async () => [
      await db.transaction().setIsolationLevel('serializable').execute(level),
      await db.transaction().execute(async (trx) => {
        await sql`set transaction isolation level repeatable read`.execute(trx)
        expect(await tenantsSeen(trx)).to.deep.equal([A])
        return level(trx)
      }),
    ])
    expect(seen.flatMap(({ rows }) => rows)).to.deep.equal([
      { transaction_isolation: 'serializable' },
      { transaction_isolation: 'repeatable read' },
    ])
  })

  it('shows the admin every tenant through its own login, and refuses without an admin pool', async () => {
    expect(await app.tenancy.runAsAdmin(() => tenantsSeen(db))).to.deep.equal([A, B])
    const { rows } = await app.tenancy.runAsAdmin(() =>
      sql<{ login: string }>`select session_user as login`.execute(db),
    )
    expect(rows).to.deep.equal([{ login: `${world.name}_admin` }])

    const without = openDb(world, { dialect: { adminPool: undefined } as object })
    try {
      const run = () => sql`select 1`.execute(without.db)
      expect(await code(without.tenancy.runAsAdmin(run))).to.equal('ADMIN.NO_POOL')
    } finally {
      await without[Symbol.asyncDispose]()
    }
  })

  it('shows global tables in a global scope, and no row of a tenant table', async () => {
    const { tenancy } = app
    const countries = () => db.selectFrom('countries').selectAll().execute()
    expect(await tenancy.runGlobal(countries)).to.deep.equal([{ code: 'at' }])
    expect(await code(tenancy.runGlobal(() => tenantsSeen(db)))).to.equal('TENANT.MISSING')
    const { rows } = await tenancy.runGlobal(() => sql`select * from projects`.execute(db))
    expect(rows).to.deep.equal([])
  })

  it('sends extra settings with every statement and leaves none behind', async () => {
    const read = async () => {
      const { rows } = await sql<{ user: string | null }>`
        select nullif(current_setting('app.user_id', true), '') as user`.execute(db)
      return rows[0]?.user
    }
    const scope = { tenant: A, settings: { 'app.user_id': '42' } }
    for (let i = 0; i < 3; i++) expect(await app.tenancy.run(scope, read)).to.equal('42')
    expect(await app.tenancy.run(A, read)).to.equal(null)
  })
})

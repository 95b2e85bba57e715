import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { expect } from 'chai'
import { type Kysely, sql } from 'kysely'
import pg from 'pg'
import { createTenancy, TenantDialect, TenantPlugin, type WithTenant } from '../../../src/index.ts'
import { failure } from '../../support/failure.ts'
import { withClient } from '../../support/postgres.ts'
import {
  A,
  B,
  createWorld,
  openDb,
  type TenantDb,
  type TenantWorld,
} from '../../support/tenants.ts'

interface Tables {
  projects: { id: number; tenant_id: string; title: string }
  templates: { tenant_id: string | null; title: string }
}

const CONFIG = {
  tenant: { type: 'text' },
  tables: { projects: {}, templates: { shared: true } },
} as const

describe('forAdmin', () => {
  let world: TenantWorld
  let app: TenantDb
  let db: Kysely<WithTenant<Tables, typeof CONFIG>>
  before(async () => {
    world = await createWorld()
    await withClient(world.url, (client) =>
      client.query(`
        create table templates (tenant_id text default nullif(current_setting('app.tenant_id', true), ''), title text);
        grant select, insert, update, delete on templates to ${world.name}_admin`),
    )
    const tenancy = createTenancy(CONFIG)
    app = openDb(world, { tenancy, kysely: { plugins: [new TenantPlugin({ tenancy })] } })
    db = app.db as unknown as typeof db
  })
  after(async () => {
    await app[Symbol.asyncDispose]()
    await world.drop()
  })

  it('sees and writes the rows of every tenant, in whatever scope it is used', async () => {
    const { tenancy } = app
    const admin = tenancy.forAdmin(db, { reason: 'report' })
    const read = () => admin.selectFrom('projects').select(['tenant_id', 'id']).execute()
    const seen = [
      await read(),
      await tenancy.run(A, read),
      await tenancy.run(B, () =>
        admin
          .transaction()
          .execute((trx) => trx.selectFrom('projects').select(['tenant_id', 'id']).execute()),
      ),
      await tenancy.runGlobal(read),
    ]
    expect(seen.map((rows) => rows.length)).to.deep.equal([4, 4, 4, 4])
    await admin.insertInto('projects').values({ id: 50, tenant_id: B, title: 'x' }).execute()
    await admin.updateTable('projects').set({ tenant_id: A }).where('id', '=', 50).execute()
    const moved = await tenancy.run(A, () =>
      db.selectFrom('projects').select('tenant_id').where('id', '=', 50).execute(),
    )
    expect(moved).to.deep.equal([{ tenant_id: A }])
    await admin.deleteFrom('projects').where('id', '=', 50).execute()
  })

  it('says of a row of a shared table whose it is', async () => {
    const { tenancy } = app
    const admin = tenancy.forAdmin(db)
    const unsaid = [
      failure(admin.insertInto('templates').values({ title: 'x' }).execute()),
      failure(
        admin
          .insertInto('templates')
          .values([{ title: 'x' }, { title: 'y', tenant_id: A }])
          .execute(),
      ),
      failure(admin.insertInto('templates').values({ title: 'x', tenant_id: undefined }).execute()),
      failure(admin.insertInto('templates').defaultValues().execute()),
      failure(
        tenancy.runAsAdmin(() => db.insertInto('templates').values({ title: 'x' }).execute()),
      ),
      failure(
        admin
          .with('added', (q) => q.insertInto('templates').values({ title: 'x' }).returningAll())
          .selectFrom('added')
          .selectAll()
          .execute(),
      ),
      failure(
        admin
          .with('added', (q) => q.insertInto('templates').values({ title: 'x' }).returningAll())
          .insertInto('templates')
          .values({ title: 'y', tenant_id: A })
          .execute(),
      ),
      failure(
        admin
          .mergeInto('templates as t')
          .using('projects', 'projects.title', 't.title')
          .whenNotMatched()
          .thenInsertValues({ title: 'x' })
          .execute(),
      ),
    ]
    const codes = (await Promise.all(unsaid)).map(({ code }) => code)
    expect(codes).to.deep.equal(Array(8).fill('TENANT.MISSING'))
    await admin.insertInto('templates').values({ title: 'all', tenant_id: null }).execute()
    await admin.insertInto('templates').values({ title: 'a', tenant_id: A }).execute()
    const { rows } = await sql`select tenant_id, title from templates order by title`.execute(admin)
    expect(rows).to.deep.equal([
      { tenant_id: A, title: 'a' },
      { tenant_id: null, title: 'all' },
    ])
  })

  it('is published with its reason, and refused inside an impersonation', async () => {
    const events: unknown[] = []
    const note = (event: unknown) => events.push(event)
    subscribe('kysely-tenants:admin', note)
    const { tenancy } = app
    const admin = tenancy.forAdmin(db, { reason: 'audit' })
    unsubscribe('kysely-tenants:admin', note)
    expect(events).to.deep.equal([{ reason: 'audit' }])
    const failed = await tenancy.impersonate(A, { actor: 'sue', reason: 'x' }, () =>
      failure(admin.selectFrom('projects').selectAll().execute()),
    )
    expect(failed.code).to.equal('TENANT.MISMATCH')
  })

  it('is refused without an adminPool', async () => {
    const tenancy = createTenancy(CONFIG)
    const pool = new pg.Pool({ connectionString: world.appUrl, max: 1 })
    const { Kysely } = await import('kysely')
    const plain = new Kysely<WithTenant<Tables, typeof CONFIG>>({
      dialect: new TenantDialect({ tenancy, pool }),
    })
    const failed = await failure(
      tenancy.forAdmin(plain).selectFrom('projects').selectAll().execute(),
    )
    await pool.end()
    expect(failed.code).to.equal('ADMIN.NO_POOL')
  })
})

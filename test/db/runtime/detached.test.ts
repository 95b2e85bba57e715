import { EventEmitter } from 'node:events'
import { expect } from 'chai'
import { type Kysely, sql } from 'kysely'
import { failure } from '../../support/failure.ts'
import {
  A,
  B,
  createWorld,
  openDb,
  type Tables,
  type TenantDb,
  type TenantWorld,
} from '../../support/tenants.ts'

const titles = async (db: Kysely<Tables>): Promise<string[]> => {
  const rows = await db.selectFrom('projects').select('title').orderBy('id').execute()
  return rows.map(({ title }) => title)
}

const OF_A = ['a one', 'a two']
const OF_B = ['b one', 'b three']

describe('P6 code that runs in the context of another tenant', () => {
  let world: TenantWorld
  let app: TenantDb
  before(async () => {
    world = await createWorld()
    app = openDb(world, { pool: { max: 4 } })
  })
  after(async () => {
    await app[Symbol.asyncDispose]()
    await world.drop()
  })

  it('is refused with a handle that does not say that it is detached', async () => {
    const { db, tenancy } = app
    const failed = await failure(tenancy.run(B, () => titles(tenancy.forTenant(db, A))))
    expect(failed.code).to.equal('TENANT.MISMATCH')
    expect((failed as unknown as { hint: string }).hint).to.include('detached: true')
  })

  it('works with a detached handle: statements, transactions, savepoints, connections, streams', async () => {
    const { db, tenancy } = app
    const a = tenancy.forTenant(db, A, { detached: true })
    const seen = await tenancy.run(B, async () => {
      const streamed: string[] = []
      for await (const { title } of a
        .selectFrom('projects')
        .select('title')
        .orderBy('id')
        .stream(1))
        streamed.push(title)
      const trx = await a.startTransaction().execute()
      const inTransaction = await titles(trx)
      await trx.commit().execute()
      return [
        await titles(a),
        await a.transaction().execute((inner) => titles(inner as unknown as Kysely<Tables>)),
        await a.connection().execute((one) => titles(one as unknown as Kysely<Tables>)),
        inTransaction,
        streamed,
        await titles(db),
      ]
    })
    expect(seen).to.deep.equal([OF_A, OF_A, OF_A, OF_A, OF_A, OF_B])
  })

  it('works with a plain handle where no tenant is bound', async () => {
    const { db, tenancy } = app
    const a = tenancy.forTenant(db, A)
    const seen = await Promise.all([
      titles(a),
      tenancy.runGlobal(() => titles(a)),
      tenancy.runAsAdmin(() => titles(a)),
      tenancy.run(A, () => titles(a)),
    ])
    expect(seen).to.deep.equal([OF_A, OF_A, OF_A, OF_A])
  })

  it('leaves the scope with detached, and gets one of its own in it', async () => {
    const { db, tenancy } = app
    const seen = await tenancy.run(A, () =>
      tenancy.detached(async () => [
        tenancy.current(),
        await tenancy.run(B, () => titles(db)),
        (await failure(titles(db))).code,
      ]),
    )
    expect(seen).to.deep.equal([undefined, OF_B, 'TENANT.MISSING'])
  })

  it('carries its scope into a callback with bind, in any context that calls it', async () => {
    const { db, tenancy } = app
    const emitter = new EventEmitter()
    const heard = new Promise<string[]>((resolve) => {
      const listener = tenancy.run(A, () => tenancy.bind(() => titles(db).then(resolve)))
      emitter.on('saved', listener)
    })
    tenancy.run(B, () => emitter.emit('saved'))
    expect(await heard).to.deep.equal(OF_A)

    const outside = tenancy.bind(() => tenancy.current())
    expect(tenancy.run(B, outside)).to.equal(undefined)
    class Counter {
      count = 1
      add = tenancy.bind(function (this: unknown, by: number) {
        return (this as Counter).count + by
      })
    }
    expect(new Counter().add(2)).to.equal(3)
  })

  it('does not take two lists of settings for one, however they are spelled', async () => {
    const { db, tenancy } = app
    const settings = { 'app.note': 'x,app.user_id,1' }
    const others = { 'app.note': 'x', 'app.user_id': '1' }
    const failed = await tenancy.run({ tenant: A, settings }, () =>
      db
        .transaction()
        .execute((trx) => failure(tenancy.run({ tenant: A, settings: others }, () => titles(trx)))),
    )
    expect(failed.code).to.equal('TENANT.MISMATCH')
    const note = await tenancy.run({ tenant: A, settings }, () =>
      tenancy.run({ tenant: A, settings: others }, () =>
        sql<{ id: string }>`select current_setting('app.user_id', true) as id`.execute(db),
      ),
    )
    expect(note.rows).to.deep.equal([{ id: '1' }])
  })
})

describe('a controlled transaction that is used outside its scope', () => {
  let world: TenantWorld
  let app: TenantDb
  before(async () => {
    world = await createWorld()
    app = openDb(world, { pool: { max: 2 } })
  })
  after(async () => {
    await app[Symbol.asyncDispose]()
    await world.drop()
  })

  it('of a tenant works for builders as for raw SQL', async () => {
    const { db, tenancy } = app
    const trx = await tenancy.run(A, () => db.startTransaction().execute())
    const { rows } = await sql<{ title: string }>`select title from projects order by id`.execute(
      trx,
    )
    expect([await titles(trx), rows.map(({ title }) => title)]).to.deep.equal([OF_A, OF_A])
    const row = { id: 9, title: 'x', tenant_id: B }
    const failed = await failure(trx.insertInto('projects').values(row).execute())
    expect(failed.code).to.equal('TENANT.MISMATCH')
    await trx.rollback().execute()
  })

  it('of the global scope refuses a tenant table', async () => {
    const { db, tenancy } = app
    const trx = await tenancy.runGlobal(() => db.startTransaction().execute())
    const failed = await failure(titles(trx))
    const rows = await trx.selectFrom('countries').selectAll().execute()
    expect([failed.code, rows]).to.deep.equal(['TENANT.MISSING', [{ code: 'at' }]])
    await trx.commit().execute()
  })

  it('is refused in the scope of another tenant, for builders as for raw SQL', async () => {
    const { db, tenancy } = app
    const trx = await tenancy.run(A, () => db.startTransaction().execute())
    const failed = await tenancy.run(B, () =>
      Promise.all([failure(titles(trx)), failure(sql`select * from projects`.execute(trx))]),
    )
    expect(failed.map(({ code }) => code)).to.deep.equal(['TENANT.MISMATCH', 'TENANT.MISMATCH'])
    await trx.rollback().execute()
  })
})

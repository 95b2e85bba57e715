import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { expect } from 'chai'
import { Kysely, sql } from 'kysely'
import {
  createTenancy,
  isTenancyError,
  type StreamEvent,
  TenantDialect,
  TenantPlugin,
} from '../../../src/index.ts'
import { FOREIGN_DIALECTS, type ForeignDialect } from '../../support/foreign-dialects.ts'
import { A, B, createWorld, type Tables, type TenantWorld } from '../../support/tenants.ts'

const failure = (promise: Promise<unknown>): Promise<Error & { code?: string }> =>
  promise.then(
    () => expect.fail('it was expected to fail'),
    (error) => error,
  )
const codeOf = async (promise: Promise<unknown>) => (await failure(promise)).code

for (const [name, open] of Object.entries(FOREIGN_DIALECTS)) {
  describe(`a tenant dialect around ${name}`, () => {
    const tenancy = createTenancy({ tenant: { type: 'text' }, tables: ['projects'] })
    let world: TenantWorld
    let foreign: ForeignDialect
    let db: Kysely<Tables>

    before(async () => {
      world = await createWorld()
    })
    after(() => world.drop())
    beforeEach(async function () {
      // The first cluster of PGlite takes long on a busy machine.
      this.timeout(60_000)
      foreign = await open(world)
      const { query: _, end: __, ...options } = foreign
      db = new Kysely<Tables>({
        dialect: new TenantDialect({ tenancy, ...options }),
        plugins: [new TenantPlugin({ tenancy })],
      })
    })
    afterEach(() => foreign.end())

    const ids = async (from: Kysely<Tables> = db) =>
      (await from.selectFrom('projects').select('id').orderBy('id').execute()).map(({ id }) => id)
    const inA = <T>(body: () => Promise<T>) => tenancy.run(A, body)
    const expectClean = async () => {
      // A setting that is local to a transaction is there for the next statement only if one is
      // open.
      await foreign.query(`select set_config('test.open', 'yes', true)`)
      const [state] = await foreign.query(`
        select nullif(current_setting('app.tenant_id', true), '') as tenant,
          (select count(*)::int from projects) as rows, current_setting('test.open') as open`)
      expect({ ...state }).to.deep.equal({ tenant: null, rows: 0, open: '' })
      expect(await tenancy.run(B, () => ids())).to.deep.equal([1, 3])
    }

    it('shows each tenant its rows, in a scope and through a handle', async () => {
      expect(await inA(() => ids())).to.deep.equal([1, 2])
      expect(await ids(tenancy.forTenant(db, B))).to.deep.equal([1, 3])
      expect(await codeOf(ids())).to.equal('TENANT.MISSING')
      expect(await codeOf(sql`select 1`.execute(db))).to.equal('TENANT.MISSING')
      await expectClean()
    })

    it('carries an id exactly, and extra settings beside it', async () => {
      const odd = `o'b"r\\ien $1 🦊`
      const settings = { 'app.user_id': "4'2" }
      const { rows } = await tenancy.run({ tenant: odd, settings }, () =>
        sql`select current_setting('app.tenant_id') as tenant, current_setting('app.user_id') as user`.execute(
          db,
        ),
      )
      expect({ ...(rows[0] as object) }).to.deep.equal({ tenant: odd, user: "4'2" })
      await expectClean()
    })

    it('turns what the policy refuses into TENANT.VIOLATION', async () => {
      const insert = sql`insert into projects (id, title, tenant_id) values (9, 't', ${B})`
      const error = await failure(inA(() => insert.execute(db)))
      expect(isTenancyError(error) && error.code).to.equal('TENANT.VIOLATION')
      expect((error.cause as { code: string }).code).to.equal('42501')
      await expectClean()
    })

    // PGlite has no streams, and postgres.js does not say when its pool is used up.
    if (name === 'postgres.js')
      it('counts its open streams', async () => {
        const events: StreamEvent[] = []
        // The channel has one type of events.
        const listen = (event: unknown) => void events.push(event as StreamEvent)
        subscribe('kysely-tenants:stream', listen)
        try {
          const rows = tenancy.forTenant(db, A).selectFrom('projects').select('id').stream(1)
          for await (const _ of rows) break
        } finally {
          unsubscribe('kysely-tenants:stream', listen)
        }
        const told = events.map(({ scope, open }) => [scope.tenant, open])
        expect(told).to.deep.equal([
          [A, 1],
          [A, 0],
        ])
        await expectClean()
      })

    if (name === 'PGlite')
      it('warns of a scope that waits for the one connection, which it holds itself', async () => {
        const handle = tenancy.forTenant(db, A)
        const trx = await handle.startTransaction().execute()
        const warned = once(process, 'warning')
        const seen = ids(handle)
        const [warning] = await warned
        expect(warning).to.include({
          code: 'POOL.EXHAUSTED',
          detail: 'Inside a transaction use the `trx` of its callback, not the Kysely around it.',
        })
        await trx.commit().execute()
        expect(await seen).to.deep.equal([1, 2])
        await expectClean()
      })

    it('keeps the tenant through savepoints, and loses it with the transaction', async () => {
      await inA(async () => {
        const trx = await db.startTransaction().execute()
        const saved = await trx.savepoint('before').execute()
        expect(await codeOf(sql`select 1 / 0`.execute(saved))).to.equal('22012')
        expect(await codeOf(ids(saved))).to.equal('25P02')
        await saved.rollbackToSavepoint('before').execute()
        expect(await ids(trx)).to.deep.equal([1, 2])
        await trx.insertInto('projects').values({ id: 8, title: 't', tenant_id: A }).execute()
        await trx.rollback().execute()
        expect(await ids()).to.deep.equal([1, 2])
      })
      await expectClean()
    })

    it('commits what a transaction did, and says so when it was aborted', async () => {
      await inA(() =>
        db.transaction().execute(async (trx) => {
          await trx.insertInto('projects').values({ id: 7, title: 't', tenant_id: A }).execute()
        }),
      )
      expect(await inA(() => ids())).to.deep.equal([1, 2, 7])
      await inA(() => db.deleteFrom('projects').where('id', '=', 7).execute())
      const swallowed = inA(() =>
        db.transaction().execute(async (trx) => {
          await sql`select 1 / 0`.execute(trx).catch(() => undefined)
        }),
      )
      expect(await codeOf(swallowed)).to.equal('TRANSACTION.ROLLED_BACK')
      await expectClean()
    })

    it('leaves nothing behind after an error, a failing begin, or a scope that throws', async () => {
      expect(await codeOf(inA(() => sql`select 1 / 0`.execute(db)))).to.equal('22012')
      await expectClean()
      const thrown = new Error('mine')
      const inTransaction = inA(() =>
        db.transaction().execute(async (trx) => {
          await ids(trx)
          throw thrown
        }),
      )
      expect(await failure(inTransaction)).to.equal(thrown)
      await expectClean()
    })

    it('refuses a handle that has ended, and a statement of another scope', async () => {
      let kept: Kysely<Tables> | undefined
      await inA(() =>
        db.connection().execute(async (own) => {
          kept = own
          expect(await codeOf(tenancy.runGlobal(() => sql`select 1`.execute(own)))).to.equal(
            'TENANT.MISMATCH',
          )
        }),
      )
      expect(await codeOf(inA(() => sql`select 1`.execute(kept as Kysely<Tables>)))).to.equal(
        'SCOPE.ENDED',
      )
      await expectClean()
    })

    it('runs what is sent at once one after the other, each with its tenant', async () => {
      const seen = await inA(() =>
        db.transaction().execute((trx) => Promise.all([ids(trx), ids(trx), ids(trx)])),
      )
      expect(seen).to.deep.equal([
        [1, 2],
        [1, 2],
        [1, 2],
      ])
      const each = await Promise.all([A, B, A, B].map((tenant) => tenancy.run(tenant, () => ids())))
      expect(each).to.deep.equal([
        [1, 2],
        [1, 3],
        [1, 2],
        [1, 3],
      ])
      await expectClean()
    })

    it('takes temporary tables, cursors and the tenant off the session', async () => {
      await inA(() =>
        db.connection().execute(async (own) => {
          await sql`create temp table loot as select * from projects`.execute(own)
          await sql`select set_config('app.tenant_id', ${B}, false)`.execute(own)
          expect(await ids(own)).to.deep.equal([1, 2])
        }),
      )
      await expectClean()
      const [left] = await foreign.query(`select to_regclass('pg_temp.loot')::text as loot`)
      expect({ ...left }).to.deep.equal({ loot: null })
    })
  })
}

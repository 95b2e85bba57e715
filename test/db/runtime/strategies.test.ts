import { expect } from 'chai'
import { sql } from 'kysely'
import type { StrategyName } from '../../../src/index.ts'
import { withClient } from '../../support/postgres.ts'
import {
  A,
  B,
  createWorld,
  nextUser,
  openDb,
  type TenantDb,
  type TenantWorld,
} from '../../support/tenants.ts'
import { startWireProxy, type WireProxy } from '../../support/wire-proxy.ts'

const CLEAN = { tenant: null, rows: 0, inTransaction: false }

// Round trips of: a statement, one that fails, a transaction of two statements, a stream.
const COSTS: Readonly<Record<StrategyName, readonly number[]>> = {
  local: [1, 1, 4, 2],
  'set-local': [1, 2, 4, 3],
  session: [3, 3, 6, 4],
  sequential: [4, 4, 6, 5],
}

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'none',
    (error) => error.code,
  )

describe('strategies', () => {
  let world: TenantWorld

  before(async () => {
    world = await createWorld()
  })
  after(() => world.drop())

  for (const [strategy, costs] of Object.entries(COSTS)) {
    describe(strategy, () => {
      let proxy: WireProxy
      let app: TenantDb

      before(async () => {
        proxy = await startWireProxy(world.appUrl)
        const dialect = { strategy: strategy as StrategyName }
        app = openDb({ ...world, appUrl: proxy.url }, { dialect })
        // The login is checked once per pool, the pooler question asked once per connection.
        await app.tenancy.run(A, () => app.db.selectFrom('projects').select('id').execute())
      })
      after(async () => {
        await app[Symbol.asyncDispose]()
        await proxy.stop()
      })

      const ids = () => app.db.selectFrom('projects').select('id').orderBy('id')
      const roundTrips = async (body: () => Promise<unknown>) => {
        const idle = async () => (await app.pool.connect()).release()
        await idle()
        proxy.take()
        await app.tenancy.run(A, body)
        await idle()
        const { client, server } = proxy.take()
        expect(client).to.equal(server)
        return client
      }

      it(`costs ${costs.join(', ')} round trips`, async () => {
        const { db } = app
        const measured = [
          await roundTrips(() => ids().execute()),
          await roundTrips(() => codeOf(sql`select 1 / 0`.execute(db))),
          await roundTrips(() =>
            db.transaction().execute(async (trx) => {
              await trx.selectFrom('projects').select('id').execute()
              await trx.selectFrom('projects').select('title').execute()
            }),
          ),
          await roundTrips(async () => {
            for await (const _ of ids().stream(10));
          }),
        ]
        expect(measured).to.deep.equal(costs)
      })

      it('streams in chunks, ends early, and leaves nothing behind', async () => {
        await app.tenancy.run(B, async () => {
          const seen: number[] = []
          for await (const { id } of ids().stream(1)) seen.push(id)
          expect(seen).to.deep.equal([1, 3])
          for await (const _ of ids().stream(1)) break
          expect(
            await codeOf(
              (async () => {
                for await (const _ of db().selectNoFrom(sql`1 / 0`.as('x')).stream(1));
              })(),
            ),
          ).to.equal('22012')
        })
        expect(await nextUser(app.pool)).to.deep.equal(CLEAN)
      })
      const db = () => app.db

      it('reports a constraint that fails at the end of the transaction', async () => {
        await withClient(world.url, (client) =>
          client.query(`
            create table if not exists unique_at_the_end (id int unique deferrable initially deferred);
            grant insert, select on unique_at_the_end to public`),
        )
        const twice = sql`insert into unique_at_the_end values (1), (1) returning id`
        expect(await codeOf(app.tenancy.run(A, () => twice.execute(app.db)))).to.equal('23505')
        const inTransaction = app.tenancy.run(A, () =>
          app.db.transaction().execute((trx) => twice.execute(trx)),
        )
        expect(await codeOf(inTransaction)).to.equal('23505')
        expect(await nextUser(app.pool)).to.deep.equal(CLEAN)
      })

      it('carries extra settings with any characters in their names and values', async () => {
        const settings = { 'app.user': 'o\'b\\r"ien', 'app.select': '$1' }
        const { rows } = await app.tenancy.run({ tenant: A, settings }, () =>
          sql`select current_setting('app.user') as a, current_setting('app.select') as b`.execute(
            app.db,
          ),
        )
        expect(rows).to.deep.equal([{ a: 'o\'b\\r"ien', b: '$1' }])
        const after = await app.tenancy.run(A, () =>
          sql`select current_setting('app.user', true) as a`.execute(app.db),
        )
        expect(after.rows).to.deep.equal([{ a: '' }])
      })
    })
  }

  describe('session', () => {
    let app: TenantDb

    beforeEach(() => {
      app = openDb(world, { dialect: { strategy: 'session' } })
    })
    afterEach(() => app[Symbol.asyncDispose]())

    it('runs what cannot share a transaction with anything', async () => {
      await app.tenancy.run(A, () => sql`vacuum countries`.execute(app.db))
      await app.tenancy.run(A, () => sql`discard plans`.execute(app.db))
      expect(await nextUser(app.pool)).to.deep.equal(CLEAN)
    })

    it('maintains tables in one lease, whose settings and temporary tables end with it', async () => {
      const state = sql<{
        state: string
      }>`select concat_ws(' ', nullif(current_setting('statement_timeout'), '0'),
        current_setting('maintenance_work_mem'), to_regclass('pg_temp.done')) as state`
      const stateIn = async () =>
        (await app.tenancy.run(A, () => state.execute(app.db))).rows[0]?.state
      const clean = await stateIn()
      await app.tenancy.run(A, () =>
        app.db.connection().execute(async (db) => {
          for (const text of [
            'set statement_timeout = 0',
            `set session maintenance_work_mem = '1MB'`,
            'vacuum countries',
            'reset maintenance_work_mem',
            'analyze countries',
            'create temp table done (id int)',
          ]) {
            await sql.raw(text).execute(db)
          }
          await db.transaction().execute(async (trx) => {
            await sql`create temp table moved on commit drop as select * from projects`.execute(trx)
            const { rows } = await sql`select id from moved order by id`.execute(trx)
            expect(rows).to.deep.equal([{ id: 1 }, { id: 2 }])
          })
          const { rows } = await sql`select id from projects`.execute(db)
          expect(rows).to.deep.equal([{ id: 1 }, { id: 2 }])
        }),
      )
      expect(await stateIn()).to.equal(clean)
      expect(await nextUser(app.pool)).to.deep.equal(CLEAN)
    })

    it('refuses further statements once the session was changed, and says why', async () => {
      const error = await app.tenancy
        .run(A, () =>
          app.db.connection().execute(async (db) => {
            await sql`set app.tenant_id = ${sql.lit(B)}`.execute(db)
            return sql`select 1`.execute(db)
          }),
        )
        .catch((error) => error)
      expect([error.code, error.cause.code]).to.deep.equal(['SCOPE.ENDED', 'SESSION.CHANGED'])
      expect(await nextUser(app.pool)).to.deep.equal(CLEAN)
    })

    it('overrides and removes a tenant that other code left on the pooled client', async () => {
      await app.tenancy.run(A, () => sql`select 1`.execute(app.db))
      const client = await app.pool.connect()
      await client.query(`select set_config('app.tenant_id', '${B}', false)`)
      client.release()
      const ids = app.tenancy.run(A, () => app.db.selectFrom('projects').select('id').execute())
      expect(await ids).to.deep.equal([{ id: 1 }, { id: 2 }])
      expect(await nextUser(app.pool)).to.deep.equal(CLEAN)
    })
  })
})

import { expect } from 'chai'
import { type Kysely, sql } from 'kysely'
import { createTenancy, type RuntimeConfigInput } from '../../../src/index.ts'
import { failure } from '../../support/failure.ts'
import { withClient } from '../../support/postgres.ts'
import { STRATEGIES, strategyOptions } from '../../support/strategies.ts'
import {
  A,
  B,
  createWorld,
  openDb,
  type Tables,
  type TenantDb,
  type TenantWorld,
} from '../../support/tenants.ts'
import { startWireProxy } from '../../support/wire-proxy.ts'

const CONFIG = { tenant: { type: 'text' }, tables: { projects: {} } } as const

const shown = async (db: Kysely<Tables>, name: string): Promise<string | undefined> => {
  const { rows } = await sql<{
    value: string
  }>`select current_setting(${name}, true) as value`.execute(db)
  return rows[0]?.value
}

for (const strategy of STRATEGIES) {
  describe(`settings that ride along, strategy ${strategy}`, () => {
    let world: TenantWorld
    let open: TenantDb[] = []
    before(async () => {
      world = await createWorld()
      await withClient(world.url, async (client) => {
        await client.query(`
          create schema "t_tenant-a"; create schema "t_tenant-b";
          create table "t_tenant-a".note (a text); insert into "t_tenant-a".note values ('of a');
          create table "t_tenant-b".note (b text, n int); insert into "t_tenant-b".note values ('of b', 1);
          grant usage on schema "t_tenant-a", "t_tenant-b" to ${world.name}_app;
          grant select on all tables in schema "t_tenant-a", "t_tenant-b" to ${world.name}_app;
          grant temporary on database ${world.name} to ${world.name}_app`)
      })
    })
    afterEach(async () => {
      for (const app of open) await app[Symbol.asyncDispose]()
      open = []
    })
    after(() => world.drop())

    const start = (config: Partial<RuntimeConfigInput>, appUrl = world.appUrl): TenantDb => {
      const tenancy = createTenancy({ ...CONFIG, ...config })
      const app = openDb({ ...world, appUrl }, { tenancy, dialect: strategyOptions(strategy) })
      open.push(app)
      return app
    }

    it('limits hold for each statement, in a transaction too, and are gone behind it', async () => {
      const { db, tenancy, pool } = start({
        limits: ({ tenant }) => (tenant === A ? { statement_timeout: '150ms' } : undefined),
      })
      const slow = (one: Kysely<Tables>) => sql`select pg_sleep(5)`.execute(one)
      const inTransaction = () =>
        db.transaction().execute(async (trx) => {
          await sql`set local statement_timeout = 0`.execute(trx)
          await slow(trx)
        })
      const failed = [
        await failure(tenancy.run(A, () => slow(db))),
        // The strategy `session` gives it once, for the lease.
        ...(strategy === 'session' ? [] : [await failure(tenancy.run(A, inTransaction))]),
      ]
      expect(failed.map(({ code }) => code)).to.deep.equal(failed.map(() => '57014'))
      expect(await tenancy.run(B, () => shown(db, 'statement_timeout'))).to.equal('0')
      const { rows } = await pool.query('show statement_timeout')
      expect(rows).to.deep.equal([{ statement_timeout: '0' }])
    })

    it('what a connection came with is back when a limit is gone', async () => {
      const { db, tenancy, pool } = start({
        limits: ({ tenant }) =>
          tenant === A ? { work_mem: '2MB', lock_timeout: '1s' } : undefined,
      })
      pool.options.options = '-c work_mem=7MB -c lock_timeout=9s'
      const seen = (tenant: string) =>
        tenancy.run(tenant, async () => [
          await shown(db, 'work_mem'),
          await shown(db, 'lock_timeout'),
        ])
      expect([await seen(A), await seen(B), await seen(A)]).to.deep.equal([
        ['2MB', '1s'],
        ['7MB', '9s'],
        ['2MB', '1s'],
      ])
    })

    it('the settings of a scope go before the limits of the config', async () => {
      const { db, tenancy } = start({ limits: () => ({ work_mem: '2MB' }) })
      const settings = { WORK_MEM: '3MB', 'app.user_id': '7' }
      const seen = await tenancy.run({ tenant: A, settings }, async () => [
        await shown(db, 'work_mem'),
        await shown(db, 'app.user_id'),
        await tenancy.run(A, () => shown(db, 'work_mem')),
      ])
      expect(seen).to.deep.equal(['3MB', '7', '2MB'])
    })

    it('the name of the application says whose statement it is', async () => {
      const { db, tenancy } = start({
        applicationName: ({ kind, tenant }) => `shop ${kind === 'tenant' ? tenant : kind}`,
      })
      const names = [
        await tenancy.run(A, () => shown(db, 'application_name')),
        await tenancy
          .forTenant(db, B)
          .selectNoFrom(sql<string>`current_setting('application_name')`.as('n'))
          .execute(),
        await tenancy.runGlobal(() => shown(db, 'application_name')),
      ]
      expect(names).to.deep.equal(['shop tenant-a', [{ n: 'shop tenant-b' }], 'shop global'])
    })

    it('a tenant reads the tables of its own schema, and no temporary one hides them', async () => {
      const { db, tenancy } = start({ schema: (tenant) => `t_${tenant}` })
      const notes = () => sql`select * from note`.execute(db).then(({ rows }) => rows)
      const seen = [
        await tenancy.run(A, notes),
        await tenancy.run(B, notes),
        await tenancy.run(A, notes),
      ]
      expect(seen).to.deep.equal([[{ a: 'of a' }], [{ b: 'of b', n: 1 }], [{ a: 'of a' }]])
      // The strategy `session` refuses temporary tables.
      if (strategy === 'session') return
      const shadowed = await tenancy.run(B, () =>
        db.transaction().execute(async (trx) => {
          await sql`create temporary table note (evil text) on commit drop`.execute(trx)
          return (await sql`select * from note`.execute(trx)).rows
        }),
      )
      expect(shadowed).to.deep.equal([{ b: 'of b', n: 1 }])
    })

    it('a value that PostgreSQL refuses is its error, and the statement did not run', async () => {
      const { db, tenancy } = start({ limits: () => ({ work_mem: 'much' }) })
      const insert = () =>
        db.insertInto('projects').values({ id: 77, title: 'x', tenant_id: A }).execute()
      expect((await failure(tenancy.run(A, insert))).code).to.equal('22023')
      const { db: other, tenancy: plain } = start({})
      const rows = await plain.run(A, () =>
        other.selectFrom('projects').select('id').where('id', '=', 77).execute(),
      )
      expect(rows).to.deep.equal([])
    })

    if (strategy === 'local' || strategy === 'set-local') {
      it('they cost no round trip', async () => {
        const proxy = await startWireProxy(world.appUrl)
        const { db, tenancy } = start(
          {
            limits: () => ({ statement_timeout: '9s', work_mem: '2MB' }),
            applicationName: () => 'x',
          },
          proxy.url,
        )
        const select = () => tenancy.run(A, () => db.selectFrom('projects').selectAll().execute())
        await select()
        await select()
        proxy.take()
        await select()
        expect(proxy.take()).to.deep.equal({ client: 1, server: 1 })
        await open.pop()?.[Symbol.asyncDispose]()
        await proxy.stop()
      })
    }
  })
}

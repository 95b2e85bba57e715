import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { expect } from 'chai'
import { type Kysely, sql } from 'kysely'
import { createTenancy } from '../../../src/index.ts'
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

const shown = async (db: Kysely<Tables>, name: string): Promise<string | undefined> => {
  const { rows } = await sql<{
    value: string
  }>`select current_setting(${name}, true) as value`.execute(db)
  return rows[0]?.value
}

for (const strategy of STRATEGIES) {
  describe(`an impersonation, strategy ${strategy}`, () => {
    let world: TenantWorld
    let app: TenantDb
    before(async () => {
      world = await createWorld()
      app = openDb(world, { dialect: strategyOptions(strategy) })
    })
    after(async () => {
      await app[Symbol.asyncDispose]()
      await world.drop()
    })

    const AS = { actor: 'sue@support', reason: 'ticket 7' }
    const insert = (db: Kysely<Tables>) =>
      db.insertInto('projects').values({ id: 88, title: 'x', tenant_id: A }).execute()

    if (strategy === 'session') {
      it('is refused, since its statements have transactions of their own', async () => {
        const { db, tenancy } = app
        const read = () => db.selectFrom('projects').selectAll().execute()
        const failed = await failure(tenancy.impersonate(A, AS, read))
        expect(failed.code).to.equal('SETTING.INVALID')
        const rows = await tenancy.impersonate(A, { ...AS, readOnly: false }, read)
        expect(rows.map(({ id }) => id)).to.deep.equal([1, 2])
        return
      })
      return
    }

    it('reads, and the server refuses every way to write', async () => {
      const { db, tenancy } = app
      const off = sql`select set_config('transaction_read_only', 'off', true)`
      const tries: Record<string, () => Promise<unknown>> = {
        statement: () => insert(db),
        transaction: () => db.transaction().execute(insert),
        'set_config first': () =>
          db.transaction().execute(async (trx) => {
            await off.execute(trx)
            await insert(trx)
          }),
        'set_config in the statement': () =>
          sql`with off as (select set_config('transaction_read_only', 'off', true)),
            new as (insert into projects (id, title) values (88, 'x') returning id)
            select * from off, new`.execute(db),
        'set transaction': () =>
          db.transaction().execute(async (trx) => {
            await sql`set transaction read write`.execute(trx)
            await insert(trx)
          }),
        'begin read write': () => db.transaction().setAccessMode('read write').execute(insert),
        savepoint: async () => {
          const trx = await db.startTransaction().execute()
          try {
            const point = await trx.savepoint('a').execute()
            await failure(insert(point))
            await point.rollbackToSavepoint('a').execute()
            await insert(trx)
          } finally {
            await trx.rollback().execute()
          }
        },
        'a nested run': () => tenancy.run(A, () => insert(db)),
        'a nested run with settings': () =>
          tenancy.run({ tenant: A, settings: { 'app.actor': 'x' } }, () => insert(db)),
        'a handle': () => insert(tenancy.forTenant(db, A)),
        'a global scope': () =>
          tenancy.runGlobal(() => db.insertInto('countries').values({ code: 'xx' }).execute()),
        'a handle in a global scope': () =>
          tenancy.runGlobal(() => insert(tenancy.forTenant(db, A))),
        'a run in a global scope': () => tenancy.runGlobal(() => tenancy.run(A, () => insert(db))),
        'a comment that hides the statement': () =>
          sql`/* /* x */ begin */ insert into countries values ('xx')`.execute(db),
        'a commit in a block': () =>
          sql`do $$ begin commit; insert into countries values ('xx'); end $$`.execute(db),
        'for update': () => db.selectFrom('projects').selectAll().forUpdate().execute(),
      }
      const codes = await tenancy.impersonate(A, AS, async () => {
        expect(await db.selectFrom('projects').select('id').orderBy('id').execute()).to.have.length(
          2,
        )
        const found: Record<string, unknown> = {}
        for (const [title, run] of Object.entries(tries)) found[title] = (await failure(run())).code
        return found
      })
      for (const [title, code] of Object.entries(codes)) {
        const refusals = title === 'a commit in a block' ? ['2D000'] : ['25006', '25001']
        expect(refusals, `${title}: ${code}`).to.include(code)
      }
      await withClient(world.url, async (client) => {
        const { rows } = await client.query(
          `select count(*)::int as n from projects where id = 88 union all select count(*)::int from countries where code = 'xx'`,
        )
        expect(rows).to.deep.equal([{ n: 0 }, { n: 0 }])
      })
      // The next user of the connection writes.
      await tenancy.run(B, () =>
        db.updateTable('projects').set({ title: 'b one' }).where('id', '=', 1).execute(),
      )
    })

    it('tells the database who acts and why, in nested scopes too', async () => {
      const { db, tenancy } = app
      const who = () => Promise.all([shown(db, 'app.actor'), shown(db, 'app.reason')])
      const seen = await tenancy.impersonate(
        { tenant: A, settings: { 'app.x': '1' } },
        AS,
        async () => [
          await who(),
          await tenancy.run({ tenant: A, settings: { 'app.actor': 'forged' } }, who),
          tenancy.current()?.actor,
        ],
      )
      const real = ['sue@support', 'ticket 7']
      expect(seen).to.deep.equal([real, real, 'sue@support'])
      const after = await tenancy.run(A, who)
      expect(after.map((value) => value || null)).to.deep.equal([null, null])
    })

    it('publishes its begin and its end', async () => {
      const events: unknown[] = []
      const note = (event: unknown) => events.push(event)
      subscribe('kysely-tenants:admin', note)
      try {
        await app.tenancy
          .impersonate(A, AS, () => insert(app.db))
          .catch(() => events.push('failed'))
        await app.tenancy.impersonate(B, { ...AS, readOnly: false }, async () => 1)
      } finally {
        unsubscribe('kysely-tenants:admin', note)
      }
      const about = (tenant: string, readOnly: boolean, phase: string) => ({
        reason: AS.reason,
        impersonation: { tenant, actor: AS.actor, readOnly, phase },
      })
      expect(events).to.deep.equal([
        about(A, true, 'begin'),
        about(A, true, 'end'),
        'failed',
        about(B, false, 'begin'),
        about(B, false, 'end'),
      ])
    })

    it('is not left by another tenant, another impersonation or the admin', async () => {
      const { tenancy } = app
      const never = () => expect.fail('it was opened')
      const { db } = app
      const [kept, foreign] = [tenancy.forTenant(db, A), tenancy.forTenant(db, B)]
      const inGlobal = (body: () => unknown) =>
        tenancy.impersonate(A, AS, () => tenancy.runGlobal(body))
      const tries: (() => unknown)[] = [
        () => tenancy.impersonate(A, AS, () => tenancy.run(B, never)),
        () => inGlobal(() => tenancy.run(B, never)),
        () => inGlobal(() => tenancy.runAsAdmin(never)),
        () => inGlobal(() => tenancy.forTenant(db, B)),
        () => inGlobal(() => tenancy.forTenant(db, B, { detached: true })),
        () => inGlobal(() => failure(insert(kept))),
        () => inGlobal(() => failure(insert(foreign))),
        () => tenancy.impersonate(A, AS, () => tenancy.runAsAdmin(never)),
        () => tenancy.impersonate(A, AS, () => tenancy.impersonate(A, AS, never)),
        () => tenancy.run(B, () => tenancy.impersonate(A, AS, never)),
        () => tenancy.impersonate(A, { actor: ' ', reason: 'x' }, never),
        () => tenancy.impersonate(A, { actor: 'x', reason: '' }, never),
        () => tenancy.impersonate(A, undefined as never, never),
        () => tenancy.impersonate('', AS, never),
      ]
      const codes = tries.map(async (attempt) => {
        try {
          return ((await attempt()) as { code?: string }).code
        } catch (error) {
          return (error as { code?: string }).code
        }
      })
      expect(await Promise.all(codes)).to.deep.equal([
        ...Array(10).fill('TENANT.MISMATCH'),
        'SETTING.INVALID',
        'SETTING.INVALID',
        'SETTING.INVALID',
        'TENANT.INVALID',
      ])
    })

    it('does not take its record for the tenant', () => {
      for (const setting of ['app.actor', 'App.Reason']) {
        const tenant = { type: 'text', setting } as const
        const tenancy = createTenancy({ tenant, tables: ['projects'] })
        expect(() => tenancy.impersonate(A, AS, () => expect.fail('it was opened')))
          .to.throw(`${setting.toLowerCase()}, which carries the tenant`)
          .with.property('code', 'SETTING.INVALID')
      }
    })
  })
}

import { expect } from 'chai'
import { type Kysely, sql } from 'kysely'
import { backendOf, describeFaults, tenantsSeen, unlessSession } from '../../support/fault-bench.ts'
import type { StrategyName } from '../../support/strategies.ts'
import { A, B, type Tables } from '../../support/tenants.ts'

type Seen = Readonly<Record<StrategyName, readonly string[] | 'refused'>>

// Where no statement asserts the tenant again, the next one is refused.
const AGAIN: Seen = { local: [A], 'set-local': [A], sequential: [A], session: 'refused' }
// No client can see inside a function: the documented limit of `session`.
const HIDDEN: Seen = { ...AGAIN, session: [B] }

describeFaults('faults: user SQL against the setting', (bench) => {
  const seenAfter = (body: (db: Kysely<Tables>) => Promise<unknown>, inTransaction: boolean) =>
    bench
      .inA((db) =>
        (inTransaction ? db.transaction() : db.connection()).execute(async (one) => {
          await body(one)
          return tenantsSeen(one)
        }),
      )
      .catch(() => 'refused')
  const expectNewClient = async () => expect(await bench.inA(backendOf)).not.to.equal(bench.pid)

  const forTheSession = [
    `set app.tenant_id = '${B}'`,
    `set session app.tenant_id = '${B}'`,
    'reset app.tenant_id',
    'reset all',
    'set app.tenant_id to default',
  ]
  for (const statement of forTheSession) {
    it(`F17 ${statement}: the scope goes on as itself, and its client is destroyed`, async () => {
      for (const inTransaction of [false, true]) {
        const before = await bench.inA(backendOf)
        const seen = await seenAfter((db) => sql.raw(statement).execute(db), inTransaction)
        expect(seen).to.deep.equal(AGAIN[bench.strategy])
        expect(await bench.inA(backendOf)).not.to.equal(before)
        await bench.expectClean()
      }
    })
  }

  it('F17 DISCARD ALL, which no transaction takes, is refused or cleans up', async () => {
    const discard = (db: Kysely<Tables>) => sql`discard all`.execute(db).catch(() => undefined)
    expect(await seenAfter(discard, false)).to.deep.equal(AGAIN[bench.strategy])
    await bench.expectClean()
  })

  const setConfig = sql`select set_config('app.tenant_id', ${B}, false)`

  it('F17s set_config for the session: the scope goes on as itself, and its client is destroyed', async () => {
    for (const inTransaction of [false, true]) {
      const seen = await seenAfter((db) => setConfig.execute(db), inTransaction)
      expect(seen).to.deep.equal(AGAIN[bench.strategy])
      await expectNewClient()
      await bench.expectClean()
    }
  })

  it('F17s set_config for the session as the last statement of its scope stays with it', async () => {
    await bench.inA((db) => setConfig.execute(db))
    await bench.expectClean()
    const run = bench.inA((db) => db.transaction().execute((trx) => setConfig.execute(trx)))
    await unlessSession(bench, run)
    await bench.expectClean()
    await expectNewClient()
  })

  for (const statement of [
    `set local app.tenant_id = '${B}'`,
    `select set_config('app.tenant_id', '${B}', true)`,
  ]) {
    it(`F17l ${statement}: the next statement of the transaction is of the scope`, async () => {
      const seen = await seenAfter((db) => sql.raw(statement).execute(db), true)
      expect(seen).to.deep.equal(AGAIN[bench.strategy])
      await bench.expectClean()
    })
  }

  it('F17b a tenant that is set for the session in a transaction that never ends is gone', async () => {
    const seen = await seenAfter(async (db) => {
      await sql`begin`.execute(db)
      await sql.raw(`set app.tenant_id = '${B}'`).execute(db)
    }, false)
    expect(seen).to.deep.equal(AGAIN[bench.strategy])
    await expectNewClient()
    await bench.expectClean()
  })

  it('F18f a function that switches the tenant of its transaction does not switch the next statement', async () => {
    const seen = await seenAfter((db) => sql`select switch_tenant(${B})`.execute(db), true)
    expect(seen).to.deep.equal(HIDDEN[bench.strategy])
    await bench.expectClean()
  })

  it('F18g a function that leaves a tenant on the session is found out by the next statement', async () => {
    await bench.inA((db) => sql`select leave_tenant(${B})`.execute(db))
    expect(await bench.inA(tenantsSeen)).to.deep.equal([A])
    // `session` has taken the tenant away before anybody could find it.
    if (bench.strategy !== 'session') await expectNewClient()
    await bench.expectClean()
  })

  it('F60 a procedure that commits inside is refused or fails closed, and leaves nothing', async () => {
    const refused = await bench
      .inA((db) => sql`call commit_and_copy()`.execute(db))
      .then(
        () => undefined,
        (error) => error.code,
      )
    // Behind a prelude, PostgreSQL 18 refuses it; before, the tenant ends with the COMMIT inside.
    const isOwnSession = bench.strategy === 'session'
    expect(refused).to.be.oneOf(isOwnSession ? [undefined] : [undefined, '2D000'])
    const { rows } = await bench.admin.query('select * from slots order by slot')
    const copied = [1, 2].map((slot) => ({ tenant_id: A, slot }))
    expect(rows).to.deep.equal(isOwnSession ? copied : [])
    await bench.expectClean()
  })
})

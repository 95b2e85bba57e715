import { expect } from 'chai'
import { type Kysely, sql } from 'kysely'
import { describeStrategies, titles } from '../../support/driver-bench.ts'
import { failure } from '../../support/failure.ts'
import { tenantsSeen } from '../../support/fault-bench.ts'
import { A, B, type Tables } from '../../support/tenants.ts'

describeStrategies('transactions', (bench) => {
  const { inA } = bench

  it('nest savepoints, which keep the tenant when they are rolled back and released', async () => {
    const insert = (on: Kysely<Tables>, id: number) =>
      on.insertInto('projects').values({ id, title: 't', tenant_id: A }).execute()
    await inA(async () => {
      const trx = await bench.db.startTransaction().execute()
      await insert(trx, 50)
      const outer = await trx.savepoint('outer').execute()
      await insert(outer, 51)
      const inner = await outer.savepoint('inner').execute()
      await insert(inner, 52)
      await inner.rollbackToSavepoint('inner').execute()
      expect(await tenantsSeen(inner)).to.deep.equal([A])
      await inner.releaseSavepoint('inner').execute()
      await outer.releaseSavepoint('outer').execute()
      expect(await tenantsSeen(trx)).to.deep.equal([A])
      const ids = await trx.selectFrom('projects').select('id').orderBy('id').execute()
      expect(ids.map(({ id }) => id)).to.deep.equal([1, 2, 50, 51])
      await trx.rollback().execute()
      expect(await titles(bench.db).execute()).to.have.length(2)
    })
  })

  it('have their isolation level, access mode and tenant, controlled or not', async () => {
    const read = async (trx: Kysely<Tables>) => {
      const { rows } = await sql<{ mode: string }>`
        select current_setting('transaction_isolation') || ', '
          || current_setting('transaction_read_only') as mode`.execute(trx)
      return [rows[0]?.mode, await tenantsSeen(trx)]
    }
    await inA(async () => {
      for (const level of ['read committed', 'repeatable read', 'serializable'] as const) {
        const automatic = bench.db.transaction().setIsolationLevel(level).setAccessMode('read only')
        expect(await automatic.execute(read)).to.deep.equal([`${level}, on`, [A]])
        const trx = await bench.db
          .startTransaction()
          .setIsolationLevel(level)
          .setAccessMode('read write')
          .execute()
        expect(await read(trx)).to.deep.equal([`${level}, off`, [A]])
        await trx.commit().execute()
      }
    })
  })

  it('refuse a write in a read-only transaction with the error of the server', async () => {
    const write = () =>
      bench.db
        .transaction()
        .setAccessMode('read only')
        .execute((trx) => trx.deleteFrom('projects').execute())
    expect((await failure(inA(write))).code).to.equal('25006')
  })

  it('run parallel statements one after the other, and all of them when one fails', async () => {
    const settled = await inA(() =>
      bench.db.transaction().execute(async (trx) => {
        await sql`savepoint s`.execute(trx)
        const all = await Promise.allSettled([
          tenantsSeen(trx),
          sql`select 1/0`.execute(trx),
          tenantsSeen(trx),
        ])
        await sql`rollback to s`.execute(trx)
        return [...all, await tenantsSeen(trx)]
      }),
    )
    const told = settled.map((one) =>
      'status' in one ? (one.status === 'fulfilled' ? one.value : one.reason.code) : one,
    )
    expect(told).to.deep.equal([[A], '22012', '25P02', [A]])
  })

  it('run a compiled query of another tenant with their own tenant', async () => {
    const compiled = bench.app.tenancy.run(B, () => titles(bench.db).select('tenant_id').compile())
    const { rows } = await inA(() =>
      bench.db.transaction().execute((trx) => trx.executeQuery(compiled)),
    )
    expect(rows.map(({ tenant_id }) => tenant_id)).to.deep.equal([A, A])
  })
})

import { expect } from 'chai'
import { type RawBuilder, sql } from 'kysely'
import { failure } from '../../support/failure.ts'
import { backendOf, describeFaults } from '../../support/fault-bench.ts'
import { B } from '../../support/tenants.ts'

describeFaults('P2 faults: residue on the connection', (bench) => {
  const asB = <T>(query: RawBuilder<T>) =>
    bench.app.tenancy.run(B, () => query.execute(bench.app.db))
  const expectSameClient = async () => expect(await bench.inA(backendOf)).to.equal(bench.pid)
  const expectNewClient = async () => expect(await bench.inA(backendOf)).not.to.equal(bench.pid)

  it('F26a a temporary table is gone for the next tenant, however it was made', async () => {
    for (const statement of [
      sql`create temp table leftovers as select * from projects`,
      sql`CREATE LOCAL TEMPORARY TABLE leftovers (title text)`,
      sql`select * into temp leftovers from projects`,
      sql`create temp table leftovers on commit drop as select * from projects`,
    ]) {
      await bench.inA((db) => statement.execute(db))
      expect((await failure(asB(sql`select * from leftovers`))).code).to.equal('42P01')
      await bench.expectClean()
    }
    await expectSameClient()
  })

  it('F26b a cursor WITH HOLD is gone for the next tenant', async () => {
    const declare = sql`declare leftovers cursor with hold for select * from projects`
    await bench.inA((db) => db.transaction().execute((trx) => declare.execute(trx)))
    expect((await failure(asB(sql`fetch all from leftovers`))).code).to.equal('34000')
    await expectSameClient()
    await bench.expectClean()
  })

  it('F26c an advisory lock of the session outlives its scope, as in PostgreSQL, and shows no row', async () => {
    await bench.inA((db) => sql`select pg_advisory_lock(815)`.execute(db))
    const { rows } = await bench.admin.query(
      `select pid from pg_locks join pg_database on pg_database.oid = database
        where datname = current_database() and locktype = 'advisory' and objid = 815`,
    )
    expect(rows).to.deep.equal([{ pid: bench.pid }])
    await bench.expectClean()
  })

  it('F26d what is set for its transaction alone costs no connection', async () => {
    await bench.inA((db) =>
      db.transaction().execute(async (trx) => {
        await sql`set local lock_timeout = '1s'`.execute(trx)
        await sql`set constraints all immediate`.execute(trx)
      }),
    )
    expect(await bench.inA(backendOf)).to.equal(bench.pid)
    await bench.expectClean()
  })

  it('F26e what is set for the session is gone for the next tenant', async () => {
    for (const statement of [
      sql`set statement_timeout = '1h'`,
      sql`set session statement_timeout = '1h'`,
      sql`set lock_timeout = '1h'`,
      sql`/* of ours */ select set_config('statement_timeout', '1h', false)`,
    ]) {
      await bench.inA((db) => statement.execute(db))
      const { rows } = await asB(sql`show statement_timeout`)
      expect(rows).to.deep.equal([{ statement_timeout: '0' }])
    }
    await expectNewClient()
    await bench.expectClean()
  })

  it('F26f what PREPARE and LISTEN leave is gone for the next tenant', async () => {
    await bench.inA((db) => sql`prepare leftovers as select * from projects`.execute(db))
    const { rows } = await asB(
      sql`select name from pg_prepared_statements where name = 'leftovers'`,
    )
    expect(rows).to.deep.equal([])
    await bench.inA((db) => sql`listen leftovers`.execute(db))
    expect((await asB(sql`select pg_listening_channels() as name`)).rows).to.deep.equal([])
    await expectSameClient()
    await bench.expectClean()
  })
})

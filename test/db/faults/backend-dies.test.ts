import { expect } from 'chai'
import { sql } from 'kysely'
import { insertForA } from '../../support/expect-clean.ts'
import { failure } from '../../support/failure.ts'
import {
  backendOf,
  describeFaults,
  tenantsSeen,
  terminate,
  untilGone,
} from '../../support/fault-bench.ts'
import { waitAtGate, withGate } from '../../support/gate.ts'
import { A } from '../../support/tenants.ts'

describeFaults('faults: the backend dies', (bench) => {
  const expectNewClient = async () => expect(await bench.inA(backendOf)).not.to.equal(bench.pid)

  it('F03 a backend that is terminated in mid-statement rejects it, and its client is destroyed', async () => {
    await withGate(bench.admin, async (gate) => {
      const failed = failure(bench.inA((db) => waitAtGate.execute(db)))
      expect(await gate.arrived()).to.equal(bench.pid)
      await terminate(bench.admin, bench.pid)
      expect((await failed).code).to.equal('57P01')
    })
    await expectNewClient()
    await bench.expectClean()
  })

  it('F03b a backend that is terminated while its client is idle in the pool ends no process', async () => {
    await terminate(bench.admin, bench.pid)
    while (bench.app.pool.totalCount > 0) await new Promise(setImmediate)
    await bench.expectClean()
    await expectNewClient()
  })

  it('F03c a backend that is terminated between two statements rejects the transaction', async () => {
    const error = await failure(
      bench.inA((db) =>
        db.transaction().execute(async (trx) => {
          await insertForA(100).execute(trx)
          await terminate(bench.admin, bench.pid)
          await tenantsSeen(trx)
        }),
      ),
    )
    expect(error).to.be.an('error')
    expect(await bench.stored()).to.deep.equal([])
    await expectNewClient()
    await bench.expectClean()
  })

  it('F32 a transaction that idled too long for the server is rejected', async () => {
    const error = await failure(
      bench.inA((db) =>
        db.transaction().execute(async (trx) => {
          await insertForA(100).execute(trx)
          await sql`set local idle_in_transaction_session_timeout = '20ms'`.execute(trx)
          await untilGone(bench.admin, bench.pid)
        }),
      ),
    )
    expect(error).to.be.an('error')
    expect(await bench.stored()).to.deep.equal([])
    await expectNewClient()
    await bench.expectClean()
  })

  it('F03d a statement that is cancelled on the server is rejected, and its client stays usable', async () => {
    await withGate(bench.admin, async (gate) => {
      const failed = failure(bench.inA((db) => waitAtGate.execute(db)))
      await bench.admin.query('select pg_cancel_backend($1)', [await gate.arrived()])
      expect((await failed).code).to.equal('57014')
    })
    expect(await bench.inA(backendOf)).to.equal(bench.pid)
    await bench.expectClean()
  })

  it('F39 a transaction that took too long for the server is rejected, and its client destroyed', async () => {
    const { rows } = await bench.admin.query(
      `select current_setting('server_version_num')::int >= 170000 as "hasTimeout"`,
    )
    const error = await withGate(bench.admin, () =>
      failure(
        bench.inA((db) =>
          db.transaction().execute(async (trx) => {
            await sql`set local transaction_timeout = '50ms'`.execute(trx)
            await waitAtGate.execute(trx)
          }),
        ),
      ),
    )
    // Before PostgreSQL 17 there is no such setting.
    expect(error.code).to.equal(rows[0].hasTimeout ? '25P04' : '42704')
    if (rows[0].hasTimeout) await expectNewClient()
    await bench.expectClean()
  })

  it('F39b a session that idled too long for the server ends no process', async () => {
    const client = await bench.app.pool.connect()
    await client.query(`set idle_session_timeout = '20ms'`)
    client.release()
    while (bench.app.pool.totalCount > 0) await new Promise(setImmediate)
    expect(await bench.inA(tenantsSeen)).to.deep.equal([A])
    await expectNewClient()
    await bench.expectClean()
  })
})

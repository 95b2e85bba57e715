import { expect } from 'chai'
import { sql } from 'kysely'
import { backendOf, describeFaults, tenantsSeen } from '../../support/fault-bench.ts'
import { A } from '../../support/tenants.ts'

describeFaults('faults: modes of a transaction', (bench) => {
  const expectSameClient = async () => expect(await bench.inA(backendOf)).to.equal(bench.pid)

  it('F36 SET TRANSACTION comes first in its transaction, as it must', async () => {
    const level = await bench.inA((db) =>
      db.transaction().execute(async (trx) => {
        await sql`set transaction isolation level repeatable read`.execute(trx)
        expect(await tenantsSeen(trx)).to.deep.equal([A])
        return (await sql`show transaction_isolation`.execute(trx)).rows
      }),
    )
    expect(level).to.deep.equal([{ transaction_isolation: 'repeatable read' }])
    await bench.expectClean()
  })

  it('F35 an isolation level and an access mode are those of the transaction, which has its tenant', async () => {
    const settings = await bench.inA((db) =>
      db
        .transaction()
        .setIsolationLevel('serializable')
        .setAccessMode('read only')
        .execute(async (trx) => {
          expect(await tenantsSeen(trx)).to.deep.equal([A])
          const { rows } = await sql`select current_setting('transaction_isolation') as level,
            current_setting('transaction_read_only') as "readOnly"`.execute(trx)
          return rows
        }),
    )
    expect(settings).to.deep.equal([{ level: 'serializable', readOnly: 'on' }])
    await bench.expectClean()
  })

  it('F31 a transaction that is tried again on its connection has its tenant again', async () => {
    let attempts = 0
    const seen = await bench.inA((db) =>
      db.connection().execute(async (one) => {
        for (;;) {
          try {
            return await one.transaction().execute(async (trx) => {
              if (++attempts < 3) await sql`select fail_with('40001')`.execute(trx)
              return tenantsSeen(trx)
            })
          } catch (error) {
            expect((error as { code: string }).code).to.equal('40001')
          }
        }
      }),
    )
    expect({ attempts, seen }).to.deep.equal({ attempts: 3, seen: [A] })
    await expectSameClient()
    await bench.expectClean()
  })
})

import { expect } from 'chai'
import { type Kysely, sql } from 'kysely'
import { describeStrategies, titles } from '../../support/driver-bench.ts'
import { failure } from '../../support/failure.ts'
import { tenantsSeen } from '../../support/fault-bench.ts'
import { A, type Tables } from '../../support/tenants.ts'

describeStrategies('stream', (bench) => {
  const { inA, open } = bench

  it('serves two streams of one transaction one after the other, in either order', async () => {
    const drain = async (on: Kysely<Tables>) => {
      const rows = []
      for await (const row of titles(on).stream(1)) rows.push(row.title)
      return rows
    }
    const both = await inA(() =>
      bench.db
        .transaction()
        .execute((trx) => Promise.all([drain(trx), drain(trx), tenantsSeen(trx)])),
    )
    expect(both).to.deep.equal([['a one', 'a two'], ['a one', 'a two'], [A]])
  })

  it('refuses a stream without a scope before a connection is taken', async () => {
    const read = async () => {
      for await (const _ of titles(bench.db).stream()) expect.fail('a row was read')
    }
    expect((await failure(read())).code).to.equal('TENANT.MISSING')
    expect(bench.app.pool.totalCount).to.equal(0)
  })

  it('says what is missing without a cursor, and gives the client back', async () => {
    const without = open({ dialect: { cursor: undefined } as object })
    try {
      const read = async () => {
        for await (const _ of titles(without.db).stream()) expect.fail('a row was read')
      }
      expect((await failure(without.tenancy.run(A, read))).message).to.contain('cursor')
      expect(await without.tenancy.run(A, () => tenantsSeen(without.db))).to.deep.equal([A])
    } finally {
      await without[Symbol.asyncDispose]()
    }
  })

  it('reports a statement that the server does not understand, in and out of a transaction', async () => {
    const read = async (on: Kysely<Tables>) => {
      const query = sql`select nonsense from projects`.compile(on)
      for await (const _ of on.getExecutor().stream(query, 1)) expect.fail('a row was read')
    }
    await inA(async () => {
      expect((await failure(read(bench.db))).code).to.equal('42703')
      expect((await failure(bench.db.transaction().execute(read))).code).to.equal('42703')
    })
  })
})

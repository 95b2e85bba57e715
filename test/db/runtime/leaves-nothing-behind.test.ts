import { expect } from 'chai'
import { sql } from 'kysely'
import { failure } from '../../support/failure.ts'
import { withOneClient } from '../../support/one-client.ts'
import { withClient } from '../../support/postgres.ts'
import { A, B } from '../../support/tenants.ts'

describe('P2 nothing stays behind', () => {
  const one = withOneClient()

  it('after a statement', async () => {
    await one.app.tenancy.run(A, () => one.app.db.selectFrom('projects').selectAll().execute())
    await one.expectClean()
  })

  it('after a statement that failed', async () => {
    const error = await failure(one.app.tenancy.run(A, () => sql`select 1/0`.execute(one.app.db)))
    expect(error.code).to.equal('22012')
    await one.expectClean()
  })

  it('after a transaction that committed, and one that was rolled back', async () => {
    const insert = (id: number) =>
      one.app.tenancy.run(A, () =>
        one.app.db.transaction().execute(async (trx) => {
          await trx.insertInto('projects').values({ id, title: 't', tenant_id: A }).execute()
          if (id === 51) throw new Error('changed my mind')
        }),
      )
    await insert(50)
    expect((await failure(insert(51))).message).to.equal('changed my mind')
    await one.expectClean()
    await one.app.tenancy.run(A, () =>
      one.app.db.deleteFrom('projects').where('id', '=', 50).execute(),
    )
  })

  it('after a stream that ended, one that was left early, and one that failed', async () => {
    const stream = (query: string) => one.app.tenancy.run(A, () => readStream(query, 1))
    const pid = await one.app.tenancy.run(A, one.backend)
    await stream('select id from projects')
    await stream('select generate_series(1, 100) as id')
    const error = await failure(stream('select 1 / (2 - g) as id from generate_series(1, 3) g'))
    expect(error.code).to.equal('22012')
    // Given back and not destroyed: each of them waited until the server was ready again.
    expect(await one.app.tenancy.run(A, one.backend)).to.equal(pid)
    await one.expectClean()
  })

  it('after a stream in a transaction, which goes on with its tenant', async () => {
    await one.app.tenancy.run(A, () =>
      one.app.db.transaction().execute(async (trx) => {
        for await (const _ of trx.selectFrom('projects').selectAll().stream(1)) break
        expect(await trx.selectFrom('projects').select('id').execute()).to.have.length(2)
      }),
    )
    await one.expectClean()
  })

  it('after a savepoint was rolled back, which keeps the tenant', async () => {
    await one.app.tenancy.run(A, async () => {
      const trx = await one.app.db.startTransaction().execute()
      const saved = await trx.savepoint('s').execute()
      await failure(sql`select 1/0`.execute(saved))
      await saved.rollbackToSavepoint('s').execute()
      expect(await trx.selectFrom('projects').select('id').execute()).to.have.length(2)
      await trx.commit().execute()
    })
    await one.expectClean()
  })

  it('with a transaction that raw SQL began and did not end', async () => {
    await one.app.tenancy.run(A, () =>
      one.app.db.connection().execute((db) => sql`begin`.execute(db)),
    )
    await one.expectClean()
  })

  it('when the user sets the tenant for the session', async () => {
    for (const statement of [
      `set app.tenant_id = '${B}'`,
      `select set_config('app.tenant_id', '${B}', false)`,
      `begin; commit`,
    ]) {
      const run = one.app.tenancy.run(A, () => sql.raw(statement).execute(one.app.db))
      // Several commands in one text are refused by the protocol.
      if (statement.includes(';')) expect((await failure(run)).code).to.equal('42601')
      else await run
      await one.expectClean()
    }
  })

  it('when the user switches the tenant inside a transaction: the next statement is right again', async () => {
    await one.app.tenancy.run(A, () =>
      one.app.db.transaction().execute(async (trx) => {
        await sql`select set_config('app.tenant_id', ${B}, true)`.execute(trx)
        const rows = await trx.selectFrom('projects').select('tenant_id').distinct().execute()
        expect(rows).to.deep.equal([{ tenant_id: A }])
      }),
    )
    await one.expectClean()
  })

  it('of a tenant that other code left on the session of a pooled client', async () => {
    // The login is checked with the first statement of a pool.
    await one.app.tenancy.run(A, one.backend)
    const polluted = await one.app.pool.connect()
    await polluted.query(`select set_config('app.tenant_id', '${B}', false)`)
    polluted.release()
    const rows = await one.app.tenancy.run(A, () =>
      one.app.db.selectFrom('projects').select('tenant_id').distinct().execute(),
    )
    expect(rows).to.deep.equal([{ tenant_id: A }])
    await one.expectClean()
  })

  it('of temporary tables and listeners', async () => {
    await withClient(one.world.url, (admin) =>
      admin.query(`grant temp on database ${one.world.name} to ${one.world.name}_app`),
    )
    for (const statement of [sql`create temp table leftovers (id int)`, sql`listen news`]) {
      const pid = await one.app.tenancy.run(A, async () => {
        await statement.execute(one.app.db)
        return one.backend()
      })
      await one.app.tenancy.run(B, async () => expect(await one.backend()).to.equal(pid))
      await one.expectClean()
    }
  })

  async function readStream(query: string, rows: number): Promise<void> {
    const left = query.includes('100') ? 2 : Number.POSITIVE_INFINITY
    let read = 0
    const compiled = sql.raw(query).compile(one.app.db)
    for await (const _ of one.app.db.getExecutor().stream(compiled, rows))
      if (++read === left) break
  }
})

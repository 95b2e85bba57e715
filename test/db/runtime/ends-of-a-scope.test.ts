import { expect } from 'chai'
import { sql } from 'kysely'
import { failure } from '../../support/failure.ts'
import { withClient } from '../../support/postgres.ts'
import { CLEAN, codeOf, describeRows, rowsOf, seen } from '../../support/rows-bench.ts'
import { A, B, nextUser } from '../../support/tenants.ts'

describeRows('a scope ends as its callback does', (bench) => {
  const { strategy } = bench

  it('the next checkout is clean after commit and rollback, and the admin after it sees all', async () => {
    for (const end of ['commit', 'rollback'] as const) {
      await bench.app.tenancy.run(A, async () => {
        const trx = await bench.app.db.startTransaction().execute()
        expect(await seen(trx).execute()).to.deep.equal(rowsOf(A))
        await trx[end]().execute()
      })
      expect(await nextUser(bench.app.pool)).to.deep.equal(CLEAN)
      expect(await bench.asAdmin(() => seen(bench.app.db).execute())).to.have.length(4)
    }
  })

  it('after commit or rollback inside the scope the tenant is kept, and the transaction closed', async () => {
    for (const end of ['commit', 'rollback'] as const) {
      await bench.app.tenancy.run(A, async () => {
        const trx = await bench.app.db.startTransaction().execute()
        await trx[end]().execute()
        expect((await failure(seen(trx).execute())).message).to.match(
          /already (committed|rolled back)/,
        )
        expect(await seen(bench.app.db).execute()).to.deep.equal(rowsOf(A))
      })
    }
  })

  it(`an error while the tenant is bound ends the statement${strategy === 'set-local' ? ', and set_config is not needed' : ''}`, async () => {
    const insert = (id: number) =>
      bench.app.tenancy.run(A, () =>
        bench.app.db.insertInto('projects').values({ id, title: 't', tenant_id: A }).execute(),
      )
    const inTransaction = () =>
      bench.app.tenancy.run(A, () =>
        bench.app.db.transaction().execute((trx) => seen(trx).execute()),
      )
    const execute = 'execute on function pg_catalog.set_config(text, text, boolean)'
    await withClient(bench.world.url, (client) => client.query(`revoke ${execute} from public`))
    try {
      if (strategy === 'set-local') {
        await insert(9)
        expect(await bench.seenBy(A)).to.have.length(3)
        expect(await inTransaction()).to.have.length(3)
      } else {
        expect(await codeOf(insert(9))).to.equal('42501')
        expect(await codeOf(bench.seenBy(A))).to.equal('42501')
        expect(await codeOf(inTransaction())).to.equal('42501')
      }
    } finally {
      await withClient(bench.world.url, (client) => client.query(`grant ${execute} to public`))
    }
    const own =
      strategy === 'set-local' ? [...rowsOf(A), { tenant_id: A, id: 9, title: 't' }] : rowsOf(A)
    expect(await bench.stored()).to.deep.equal([...own, ...rowsOf(B)])
    expect(await bench.seenBy(A)).to.deep.equal(own)
    expect(await nextUser(bench.app.pool)).to.deep.equal(CLEAN)
  })

  it('P9 any value that the callback throws passes unchanged', async () => {
    class NoSuchTenant extends Error {
      readonly code = 'TENANT.INVALID'
    }
    const thrown = [new NoSuchTenant('mine'), new TypeError('t'), { code: '42501' }, 'text', null]
    const { db, tenancy } = bench.app
    for (const value of thrown) {
      const body = async () => {
        await seen(db).execute()
        throw value
      }
      const inTransaction = () =>
        db.transaction().execute(async (trx) => {
          await seen(trx).execute()
          throw value
        })
      const inConnection = () =>
        db.connection().execute(async () => {
          throw value
        })
      for (const run of [body, inTransaction, inConnection]) {
        expect(await failure(tenancy.run(A, run))).to.equal(value)
        expect(await failure(tenancy.runAsAdmin(run))).to.equal(value)
      }
      expect(() =>
        tenancy.run(A, () => {
          throw value
        }),
      ).to.throw()
    }
    expect(await nextUser(bench.app.pool)).to.deep.equal(CLEAN)
  })

  it('an insert works where the database makes the key: identity and serial', async () => {
    const insert = (tenant: string) =>
      bench.app.tenancy.run(tenant, () =>
        sql`insert into tickets (title) values ('t') returning tenant_id, id, number`.execute(
          bench.app.db,
        ),
      )
    expect((await insert(A)).rows).to.deep.equal([{ tenant_id: A, id: '1', number: 1 }])
    expect((await insert(B)).rows).to.deep.equal([{ tenant_id: B, id: '2', number: 2 }])
    const read = bench.app.tenancy.run(A, () =>
      sql`select number from tickets`.execute(bench.app.db),
    )
    expect((await read).rows).to.deep.equal([{ number: 1 }])
  })

  it('a compiled query that is executed in another scope sees the rows of that scope', async () => {
    const compiled = bench.app.tenancy.run(A, () => seen(bench.app.db).compile())
    const { rows } = await bench.app.tenancy.run(B, () => bench.app.db.executeQuery(compiled))
    expect(rows).to.deep.equal(rowsOf(B))
  })

  it('a serializable transaction has its tenant', async () => {
    const rows = await bench.app.tenancy.run(A, () =>
      bench.app.db
        .transaction()
        .setIsolationLevel('serializable')
        .execute((trx) => seen(trx).execute()),
    )
    expect(rows).to.deep.equal(rowsOf(A))
  })
})

import { expect } from 'chai'
import { sql } from 'kysely'
import pg from 'pg'
import { insertForA } from '../../support/expect-clean.ts'
import { failure } from '../../support/failure.ts'
import {
  backendOf,
  behindNextError,
  describeFaults,
  nextServerError,
  tenantsSeen,
  unlessSession,
} from '../../support/fault-bench.ts'
import { A, B } from '../../support/tenants.ts'

const divide = sql`select 1/0`

describeFaults('faults: errors of a statement', (bench) => {
  const expectSameClient = async () => expect(await bench.inA(backendOf)).to.equal(bench.pid)

  it('F02 an SQL error is the error of the server, and the tenant is gone with it', async () => {
    expect((await failure(bench.inA((db) => divide.execute(db)))).code).to.equal('22012')
    await expectSameClient()
    await bench.expectClean()
  })

  it('F02b an SQL error in a transaction rolls it back and is the error that leaves it', async () => {
    const error = await failure(
      bench.inA((db) =>
        db.transaction().execute(async (trx) => {
          await insertForA(100).execute(trx)
          await divide.execute(trx)
        }),
      ),
    )
    expect(error.code).to.equal('22012')
    await expectSameClient()
    expect(await bench.stored()).to.deep.equal([])
    await expectSameClient()
    await bench.expectClean()
  })

  it('F34 a constraint that fails behind the result rejects the statement, and stores nothing', async () => {
    const insert = sql`insert into slots (slot) values (1), (1)`
    expect((await failure(bench.inA((db) => insert.execute(db)))).code).to.equal('23505')
    const { rows } = await bench.admin.query('select * from slots')
    expect(rows).to.deep.equal([])
    await expectSameClient()
    await bench.expectClean()
  })

  it('F41 a statement that failed is not settled before the server is ready, nor its client given on', async () => {
    const holding = behindNextError(bench, 'hold')
    const told = nextServerError(bench.app.pool)
    let isSettled = false
    const failed = failure(bench.inA((db) => divide.execute(db))).finally(() => {
      isSettled = true
    })
    const held = await holding
    await Promise.all([held.fired, told])
    await new Promise(setImmediate)
    expect({ isSettled, idle: bench.app.pool.idleCount }).to.deep.equal({
      isSettled: false,
      idle: 0,
    })
    held.release()
    expect((await failed).code).to.equal('22012')
    await expectSameClient()
    await bench.expectClean()
  })

  it('F44 a parameter that cannot be converted rejects its statement, of which nothing is sent', async () => {
    const parameter = {
      toPostgres() {
        throw new Error('no text for this')
      },
    }
    const insert = sql`insert into projects (id, title) values (100, ${parameter})`
    expect((await failure(bench.inA((db) => insert.execute(db)))).message).to.equal(
      'no text for this',
    )
    await expectSameClient()
    const error = await failure(
      bench.inA((db) => db.transaction().execute((trx) => insert.execute(trx))),
    )
    expect(error.message).to.equal('no text for this')
    expect(await bench.stored()).to.deep.equal([])
    await bench.expectClean()
  })

  it('F45 a value that cannot be read rejects its statement when the server is ready', async () => {
    const types = {
      getTypeParser: (oid: number) => {
        if (oid !== pg.types.builtins.MONEY) return pg.types.getTypeParser(oid)
        return () => {
          throw new Error('no money')
        }
      },
    } as typeof pg.types
    await bench.reopen({ pool: { types } })
    const read = () => bench.inA((db) => sql`select '1'::money as price`.execute(db))
    expect((await failure(read())).message).to.equal('no money')
    await bench.expectClean()
  })

  it('F45b a value of a stream that cannot be read rejects the stream, and ends no process', async () => {
    const { MONEY } = pg.types.builtins
    const parse = pg.types.getTypeParser(MONEY)
    // pg-cursor knows no other parsers than those of the process.
    pg.types.setTypeParser(MONEY, () => {
      throw new Error('no money')
    })
    try {
      const read = bench.inA(async (db) => {
        const query = db.selectNoFrom(sql`'1'::money`.as('price'))
        for await (const _ of query.stream(1)) expect.fail('a row was read')
      })
      expect((await failure(read)).message).to.equal('no money')
    } finally {
      pg.types.setTypeParser(MONEY, parse)
    }
    await bench.expectClean()
  })

  it('F46 COPY FROM STDIN, which nobody can feed, is rejected and does not hang', async () => {
    await bench.admin.query('grant insert on countries to public')
    const copy = sql`copy countries from stdin`
    const inTransaction = bench.inA((db) => db.transaction().execute((trx) => copy.execute(trx)))
    expect((await failure(inTransaction)).code).to.equal('57014')
    await expectSameClient()
    expect((await failure(bench.inA((db) => copy.execute(db)))).code).to.equal('57014')
    await bench.expectClean()
  })

  it('F47 several statements in one text are refused with a hint', async () => {
    const run = bench.inA((db) => sql.raw('select 1; select 2').execute(db))
    const error: Error & { code?: string; hint?: string } = await failure(run)
    expect(error.code).to.equal('42601')
    expect(error.hint).to.match(/one command/)
    await expectSameClient()
    await bench.expectClean()
  })

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

  it('F16 a prepared statement reads the rows of whoever executes it', async () => {
    const readAs = async (client: pg.ClientBase, name: string, table: string, tenant: string) => {
      await client.query('begin')
      await client.query(`select set_config('app.tenant_id', $1, true)`, [tenant])
      const { rows } = await client.query({ name, text: `select distinct tenant_id from ${table}` })
      await client.query('commit')
      return rows.map(({ tenant_id }) => tenant_id)
    }
    const alternate = async (client: pg.ClientBase, name: string, table: string) => {
      const seen = []
      for (let i = 0; i < 4; i++) {
        seen.push(...(await readAs(client, name, table, A)))
        seen.push(...(await readAs(client, name, table, B)))
      }
      return seen
    }
    const right = Array.from({ length: 4 }, () => [A, B]).flat()
    const client = await bench.app.pool.connect()
    try {
      expect(await alternate(client, 'own_rows', 'projects')).to.deep.equal(right)

      // A policy over a function that claims to be immutable: the plan keeps the tenant of the first.
      await bench.admin.query(`
        create table frozen as table projects;
        create function frozen_tenant() returns text immutable language sql
          as $$ select current_setting('app.tenant_id') $$;
        create policy p on frozen using (tenant_id = frozen_tenant());
        alter table frozen enable row level security;
        grant select on frozen to public;
      `)
      await client.query('set plan_cache_mode = force_generic_plan')
      expect(await alternate(client, 'first_rows', 'frozen')).not.to.deep.equal(right)
    } finally {
      await bench.admin.query('drop table if exists frozen; drop function if exists frozen_tenant')
      client.release(true)
    }
    const { db, tenancy } = bench.app
    const seen = []
    for (const tenant of right) seen.push(...(await tenancy.run(tenant, () => tenantsSeen(db))))
    expect(seen).to.deep.equal(right)
    await bench.expectClean()
  })

  it('F52 after DEALLOCATE ALL the statements of this and of later scopes work', async () => {
    const run = bench.inA((db) =>
      db.connection().execute(async (one) => {
        await tenantsSeen(one)
        await sql`deallocate all`.execute(one)
        expect(await tenantsSeen(one)).to.deep.equal([A])
      }),
    )
    await unlessSession(bench, run)
    // Somebody's statement names may be gone: nobody gets this client again.
    expect(await bench.inA(backendOf)).not.to.equal(bench.pid)
    await bench.expectClean()
  })

  it('F52b a statement goes on working when its columns change between two executions', async () => {
    const read = () => bench.inA((db) => sql`select * from slots`.execute(db))
    await bench.inA((db) => sql`insert into slots (slot) values (1)`.execute(db))
    expect((await read()).rows).to.deep.equal([{ tenant_id: A, slot: 1 }])
    await bench.admin.query('alter table slots add column note text')
    try {
      expect((await read()).rows).to.deep.equal([{ tenant_id: A, slot: 1, note: null }])
    } finally {
      await bench.admin.query('alter table slots drop column note')
    }
    await bench.expectClean()
  })

  it('F63 a NUL in a statement or in a parameter rejects it, and nothing behind the NUL is run', async () => {
    const inText = sql.raw("insert into projects (id, title) values (100, 'a\0'); select ('b')")
    expect((await failure(bench.inA((db) => inText.execute(db)))).code).to.equal('08P01')
    await bench.expectClean()
    const inParameter = sql`insert into projects (id, title) values (100, ${'a\0b'})`
    expect((await failure(bench.inA((db) => inParameter.execute(db)))).code).to.equal('22021')
    expect(await bench.stored()).to.deep.equal([])
    await bench.expectClean()
  })

  it('F64 more parameters than the protocol can count reject their statement', async () => {
    for (const count of [65_536, 65_537, 70_000]) {
      const values = sql.join(Array.from({ length: count }, (_, i) => sql`(${i + 100}::int)`))
      const insert = sql`insert into projects (id, title) select n, 't' from (values ${values}) v(n)`
      expect(await failure(bench.inA((db) => insert.execute(db)))).to.be.an('error')
      expect(await bench.stored()).to.deep.equal([])
      await bench.expectClean()
    }
  })

  it('F65 COPY TO STDOUT and an empty text end like any statement', async () => {
    for (const text of ['copy countries to stdout', '', ' ', ';', '-- nothing']) {
      for (const builder of ['connection', 'transaction'] as const) {
        const { rows } = await bench.inA((db) =>
          db[builder]().execute((one) => sql.raw(text).execute(one)),
        )
        expect(rows).to.deep.equal([])
      }
      await expectSameClient()
    }
    await bench.expectClean()
  })
})

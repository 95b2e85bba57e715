import { expect } from 'chai'
import { type Kysely, sql } from 'kysely'
import { backendOf } from '../../../support/fault-bench.ts'
import { casesFor, describeResidue, look } from '../../../support/residue-bench.ts'
import type { Tables } from '../../../support/tenants.ts'

type Body = (db: Kysely<Tables>) => Promise<unknown>

const run =
  (...texts: string[]): Body =>
  async (db) => {
    for (const text of texts) await sql.raw(text).execute(db)
  }
const inTransaction =
  (...texts: string[]): Body =>
  (db) =>
    db.transaction().execute(run(...texts))
const rolledBack =
  (...texts: string[]): Body =>
  async (db) => {
    const trx = await db.startTransaction().execute()
    await run(...texts)(trx)
    await trx.rollback().execute()
  }

/** Leases that leave nothing, or what a clean-up takes away. */
const BODIES: Readonly<Record<string, Body>> = {
  'a temporary table on commit drop': inTransaction(
    'create temp table leftovers on commit drop as select * from projects',
    'select * from leftovers',
  ),
  'a temporary table': run('create temp table leftovers as select * from projects'),
  'a temporary table that is dropped': run(
    'create temp table leftovers (id int)',
    'drop table leftovers',
  ),
  'a temporary table that is rolled back': rolledBack('create temp table leftovers (id int)'),
  'a cursor without hold': inTransaction(
    'declare leftovers cursor for select * from projects',
    'fetch all from leftovers',
  ),
  'a cursor with hold': inTransaction(
    'declare leftovers cursor with hold for select * from projects',
  ),
  'PREPARE and DEALLOCATE': run(
    'prepare leftovers as select 1',
    'execute leftovers',
    'deallocate leftovers',
  ),
  PREPARE: run('prepare "Left overs" as select 1'),
  'LISTEN and UNLISTEN': run('listen leftovers', 'unlisten leftovers'),
  LISTEN: run('listen "Left overs"'),
  'UNLISTEN *': run('listen leftovers', 'listen others', 'unlisten *'),
  'DEALLOCATE ALL': run('select 1', 'deallocate all', 'select 1'),
  'set_config in a comment': run("select 1 -- set_config('app.x', 'y', false)"),
  'set_config in a literal': run("select $$set_config('app.x', 'y', false)$$, 'temp'"),
  'set_config for the transaction': run("select set_config('app.x', 'y', true)"),
  'SET LOCAL': inTransaction("set local lock_timeout = '1s'", 'set constraints all immediate'),
  'SET ROLE': inTransaction('set role none', 'select 1'),
  'SET of a timeout': run("set lock_timeout = '1s'", 'reset lock_timeout'),
  'SET SESSION CHARACTERISTICS': run('set session characteristics as transaction read only'),
  'DISCARD TEMP': run('discard temp', 'discard plans'),
  'a stream that is left early': async (db) => {
    for await (const _ of db.selectFrom('projects').select('id').stream(1)) break
  },
  'a failing statement': async (db) => {
    await sql`create temp table leftovers as select 1/0 as x`.execute(db).catch(() => undefined)
  },
}

// One for each command of a clean-up, one that is rolled back, one that fails.
const FEW = [
  'a temporary table',
  'a cursor with hold',
  'PREPARE',
  'LISTEN',
  'a temporary table that is rolled back',
  'SET SESSION CHARACTERISTICS',
  'a failing statement',
]

describeResidue('a lease keeps its connection', (bench) => {
  for (const what of casesFor(bench.strategy, { all: Object.keys(BODIES), few: FEW })) {
    it(`after ${what}, three times`, async () => {
      const { pool } = bench.app
      const pid = await bench.inB(backendOf)
      for (let i = 0; i < 3; i++) {
        await bench.inA((db) => db.connection().execute(BODIES[what] as Body))
        expect(await bench.inB(look)).to.deep.equal(bench.clean)
        expect(await left()).to.deep.equal({
          prepared: 0,
          listening: 0,
          lock_timeout: '0',
          readonly: 'off',
        })
      }
      expect(await bench.inB(backendOf)).to.equal(pid)
      expect(pool.totalCount).to.equal(1)
    })
  }

  /** What no proof asks for. */
  const left = async () => {
    const { rows } = await bench.inB((db) =>
      sql`select (select count(*)::int from pg_prepared_statements where from_sql) as prepared,
        (select count(*)::int from pg_listening_channels()) as listening,
        current_setting('lock_timeout') as lock_timeout,
        current_setting('default_transaction_read_only') as readonly`.execute(db),
    )
    return rows[0]
  }

  it("and has the user's own temporary table as long as it lasts", async () => {
    for (let i = 0; i < 2; i++) {
      await bench.leave('temporary view')
      await bench.inA((db) =>
        db.connection().execute(async (own) => {
          await sql`create temp table mine (id int)`.execute(own)
          await sql`insert into mine values (1)`.execute(own)
          await own.transaction().execute((trx) => sql`insert into mine values (2)`.execute(trx))
          const trx = await own.startTransaction().execute()
          await sql`insert into mine values (3)`.execute(trx)
          await trx.rollback().execute()
          await sql`select 1/0`.execute(own).catch(() => undefined)
          const { rows } = await sql`select id from mine order by id`.execute(own)
          expect(rows).to.deep.equal([{ id: 1 }, { id: 2 }])
        }),
      )
      expect(await bench.inB(look)).to.deep.equal(bench.clean)
    }
  })
})

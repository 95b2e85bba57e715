import { expect } from 'chai'
import { type Kysely, sql } from 'kysely'
import { failure } from '../../../support/failure.ts'
import { backendOf } from '../../../support/fault-bench.ts'
import {
  casesFor,
  describeResidue,
  type Leaving,
  look,
  type Seen,
} from '../../../support/residue-bench.ts'
import { B, type Tables } from '../../../support/tenants.ts'

// One of each kind that a session is asked for or cleaned of.
const KINDS: readonly Leaving[] = [
  'temporary table',
  'cursor with hold',
  'role',
  'search_path',
  'row_security',
  'statement_timeout',
]

// What goes in front of the statement, and what refuses it.
const FEW: readonly Leaving[] = ['temporary table', 'role']

/**
 * The statements that may come first in a lease; each returns the state that it saw, or that the
 * statement behind it saw.
 */
const FIRSTS: Readonly<Record<string, (db: Kysely<Tables>) => Promise<Partial<Seen>>>> = {
  'a stream': async (db) => ({ titles: await streamed(db) }),

  'a stream in a transaction': (db) =>
    db.transaction().execute(async (trx) => {
      const titles = await streamed(trx)
      return { ...(await look(trx)), titles }
    }),

  'a stream that is left at once': (db) =>
    db.connection().execute(async (own) => {
      for await (const _ of own.selectFrom('projects').select('title').stream(1)) break
      return look(own)
    }),

  'a statement behind SET TRANSACTION and a savepoint': async (db) => {
    const trx = await db.startTransaction().execute()
    await sql`set transaction isolation level repeatable read, read only`.execute(trx)
    const saved = await trx.savepoint('here').execute()
    const seen = await look(saved)
    const { rows } = await sql`select current_setting('transaction_isolation') as isolation,
      current_setting('transaction_read_only') as readonly`.execute(saved)
    expect(rows).to.deep.equal([{ isolation: 'repeatable read', readonly: 'on' }])
    await saved.rollbackToSavepoint('here').execute()
    expect(await look(trx)).to.deep.equal(seen)
    await trx.commit().execute()
    return seen
  },

  'a statement with a syntax error': (db) =>
    db.connection().execute(async (own) => {
      expect(await failure(sql`selec 1`.execute(own))).to.include({ code: '42601' })
      return look(own)
    }),

  'a statement that fails, in a transaction with a savepoint': async (db) => {
    const trx = await db.startTransaction().execute()
    const saved = await trx.savepoint('here').execute()
    expect(await failure(sql`select 1/0`.execute(saved))).to.include({ code: '22012' })
    await saved.rollbackToSavepoint('here').execute()
    const seen = await look(trx)
    await trx.commit().execute()
    return seen
  },

  'a transaction that is rolled back': (db) =>
    db.connection().execute(async (own) => {
      const trx = await own.startTransaction().execute()
      const seen = await look(trx)
      await trx.rollback().execute()
      expect(await look(own)).to.deep.equal(seen)
      return seen
    }),

  COPY: (db) =>
    db.connection().execute(async (own) => {
      await sql`copy (select title from projects) to stdout`.execute(own)
      return look(own)
    }),

  'COPY FROM STDIN, which no statement can feed': (db) =>
    db.connection().execute(async (own) => {
      // Refused by row security, or for want of data.
      const { code } = await failure(sql`copy projects from stdin`.execute(own))
      expect(code).to.be.oneOf(['0A000', '57014'])
      return look(own)
    }),
}

async function streamed(db: Kysely<Tables>): Promise<string[]> {
  const titles: string[] = []
  const query = db.selectFrom('projects').select('title').orderBy('title')
  for await (const { title } of query.stream(1)) titles.push(title)
  return titles
}

describeResidue('the first of a lease', (bench) => {
  for (const [first, run] of Object.entries(FIRSTS)) {
    for (const kind of casesFor(bench.strategy, { all: KINDS, few: FEW })) {
      it(`${first}, behind a function that left a ${kind}`, async () => {
        const pid = await bench.inB(backendOf)
        await bench.leave(kind)
        expect(bench.clean).to.deep.include(await bench.inB(run))
        expect(await bench.inB(look)).to.deep.equal(bench.clean)
        expect(await bench.inB(backendOf)).to.equal(pid)
        // And again: from here on the session is known to have had it.
        await bench.leave(kind)
        expect(bench.clean).to.deep.include(await bench.inB(run))
      })
    }
  }

  it('an insert that is refused has not run', async () => {
    await bench.inB(backendOf)
    await bench.leave('role')
    const insert = sql`insert into projects (id, title) values (70, 'seventy')`
    await bench.inB((db) => insert.execute(db))
    expect(await failure(bench.inB((db) => insert.execute(db)))).to.include({ code: '23505' })
    const { rows } = await bench.inB((db) =>
      sql`delete from projects where id = 70 returning tenant_id`.execute(db),
    )
    expect(rows).to.deep.equal([{ tenant_id: B }])
  })

  it('a named statement, which is prepared', async () => {
    if (bench.strategy === 'sequential') return
    await bench.reopen({ dialect: { prepare: { max: 3 } } })
    for (const kind of KINDS) {
      await bench.inB(look)
      await bench.leave(kind)
      expect(await bench.inB(look)).to.deep.equal(bench.clean)
    }
  })
})

import { expect } from 'chai'
import { type Kysely, sql } from 'kysely'
import pg from 'pg'
import { createTenancy } from '../../../src/index.ts'
import { failure } from '../../support/failure.ts'
import {
  A,
  B,
  createWorld,
  openDb,
  type Tables,
  type TenantDb,
  type TenantWorld,
} from '../../support/tenants.ts'

type Db = Kysely<Tables>

const DDL = {
  'a column comes': 'alter table notes add more text',
  'a column goes': 'alter table notes drop spare',
  'a column gets another type': 'alter table notes alter num type text',
  'a type that a parameter does not fit':
    'alter table notes alter num type text, alter title type int using 1',
  'the table is made anew':
    'drop table notes; create table notes (title text, num int, spare int); grant all on notes to public',
  'a column gets another name, and another one its name':
    'alter table notes rename spare to old; alter table notes add spare text',
}

const STATEMENTS: Record<string, (db: Db) => Promise<unknown>> = {
  star: (db) => sql`select * from notes`.execute(db),
  column: (db) => sql`select num from notes`.execute(db),
  parameter: (db) => sql`select title from notes where num = ${1}`.execute(db),
  insert: (db) => sql`insert into notes (num) values (${2})`.execute(db),
  returning: (db) => sql`update notes set num = ${3} returning *`.execute(db),
}

const NOTES = `drop table if exists notes;
  create table notes (title text, num int, spare int); insert into notes values ('one', 1, 0);
  grant all on notes to public`

const WAYS = ['alone', 'first in a transaction', 'later in a transaction'] as const

const run = (db: Db, way: (typeof WAYS)[number], statement: (db: Db) => Promise<unknown>) =>
  way === 'alone'
    ? statement(db)
    : db.transaction().execute(async (trx) => {
        if (way === 'later in a transaction') await sql`select 1`.execute(trx)
        return statement(trx)
      })

/** The rows, or the code of the error. */
const told = (result: Promise<unknown>): Promise<string> =>
  result.then(
    (found) => JSON.stringify((found as { rows: unknown }).rows),
    (error) => error.code,
  )

for (const strategy of ['local', 'set-local', 'session'] as const) {
  describe(`prepare by default, ${strategy}`, () => {
    let world: TenantWorld
    let app: TenantDb
    let plain: TenantDb
    let admin: pg.Client
    before(async () => {
      world = await createWorld()
      admin = new pg.Client({ connectionString: world.url })
      await admin.connect()
    })
    after(async () => {
      await admin.end()
      await world.drop()
    })
    beforeEach(async () => {
      await owner(NOTES)
      app = openDb(world, { dialect: { strategy } })
      plain = openDb(world, { dialect: { strategy, prepare: false } })
    })
    afterEach(async () => {
      await app[Symbol.asyncDispose]()
      await plain[Symbol.asyncDispose]()
    })

    const owner = (text: string) => admin.query(text)
    const inA = <T>({ tenancy, db }: TenantDb, body: (db: Db) => Promise<T>) =>
      tenancy.run(A, () => body(db))
    const named = async (): Promise<string[]> => {
      const { rows } = await inA(app, (db) =>
        sql<{ statement: string }>`select statement from pg_prepared_statements
          where name like 'kt\\_%' order by statement`.execute(db),
      )
      return rows.map(({ statement }) => statement)
    }

    it('names a text when it comes again, and not before', async () => {
      const titles = (db: Db) => db.selectFrom('projects').select('title').execute()
      const other = (db: Db) => db.selectFrom('projects').select('id').execute()
      await inA(app, titles)
      await inA(app, other)
      expect(await named()).to.deep.equal([])
      await inA(app, titles)
      expect(await named()).to.deep.include('select "title" from "projects"')
      const seen = []
      for (const tenant of [A, B, A, B]) {
        const rows = await app.tenancy.run(tenant, () => titles(app.db))
        seen.push(rows.map(({ title }) => title).sort())
      }
      expect(seen).to.deep.equal([
        ['a one', 'a two'],
        ['b one', 'b three'],
        ['a one', 'a two'],
        ['b one', 'b three'],
      ])
    })

    if (strategy === 'local') {
      for (const [change, ddl] of Object.entries(DDL)) {
        it(`${change} between two executions: what it gives is what it gives without names`, async () => {
          for (const [title, statement] of Object.entries(STATEMENTS)) {
            for (const way of WAYS) {
              await owner(NOTES)
              for (let i = 0; i < 3; i++) await inA(app, (db) => run(db, way, statement))
              await owner(`delete from notes; insert into notes values ('one', 1, 0)`)
              await owner(ddl)
              const found = await told(inA(app, (db) => run(db, way, statement)))
              await owner(NOTES)
              await owner(`delete from notes; insert into notes values ('one', 1, 0)`)
              await owner(ddl)
              const wanted = await told(inA(plain, (db) => run(db, way, statement)))
              expect([title, way, found]).to.deep.equal([title, way, wanted])
            }
          }
        })
      }
    }

    it('a change of a table in the transaction itself is no error', async () => {
      await owner(`grant create on schema public to ${world.name}_app`)
      await inA(app, (db) =>
        db.transaction().execute(async (trx) => {
          await sql`create table mine (a int)`.execute(trx)
          for (let i = 0; i < 3; i++) await sql`select * from mine`.execute(trx)
          await sql`alter table mine add b int`.execute(trx)
          const { rows } = await sql`select * from mine`.execute(trx)
          expect(rows).to.deep.equal([])
          await sql`savepoint a`.execute(trx)
          for (let i = 0; i < 3; i++) await sql`select * from mine`.execute(trx)
          await sql`rollback to a`.execute(trx)
          await sql`alter table mine add c int`.execute(trx)
          await sql`select * from mine`.execute(trx)
          await sql`drop table mine`.execute(trx)
        }),
      )
    })

    it('an error of the statement itself comes once, and is the same', async () => {
      const wrong = (db: Db) => sql`select no_such_column from projects`.execute(db)
      for (let i = 0; i < 4; i++) {
        const { code, message } = await failure(inA(app, wrong))
        expect([code, message]).to.deep.equal(['42703', 'column "no_such_column" does not exist'])
      }
      const { rows } = await app.tenancy.run(B, () =>
        sql`select count(*)::int as n from projects`.execute(app.db),
      )
      expect(rows).to.deep.equal([{ n: 2 }])
    })

    it('gives up the names of those that were used longest ago', async () => {
      for (let i = 0; i < 280; i++) {
        const statement = (db: Db) => sql.raw(`select ${i} as n`).execute(db)
        await inA(app, statement)
        await inA(app, statement)
      }
      const names = await named()
      expect(names.length).to.be.within(200, 256)
    }).timeout(60_000)

    it('keeps the schemas of tenants apart', async () => {
      await owner(`
        create schema t_a; create table t_a.own (a int); insert into t_a.own values (1);
        create schema t_b; create table t_b.own (b text, c int); insert into t_b.own values ('b', 2);
        grant usage on schema t_a, t_b to public; grant select on t_a.own, t_b.own to public`)
      const tenancy = createTenancy({
        tenant: { type: 'text' },
        tables: ['projects'],
        schema: (tenant) => (tenant === A ? 't_a' : 't_b'),
      })
      const own = openDb(world, { tenancy, dialect: { strategy } })
      try {
        const seen = []
        for (let i = 0; i < 6; i++) {
          const read = () =>
            own.db.transaction().execute(async (trx) => {
              await sql`select * from own`.execute(trx)
              return (await sql`select * from own`.execute(trx)).rows[0]
            })
          seen.push(await tenancy.run(i % 2 ? B : A, read))
        }
        const [a, b] = [{ a: 1 }, { b: 'b', c: 2 }]
        expect(seen).to.deep.equal([a, b, a, b, a, b])
      } finally {
        await own[Symbol.asyncDispose]()
      }
    })
  })
}

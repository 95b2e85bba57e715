import { expect } from 'chai'
import { type Kysely, sql } from 'kysely'
import pg from 'pg'
import {
  A,
  createWorld,
  openDb,
  type Tables,
  type TenantDb,
  type TenantWorld,
} from '../../support/tenants.ts'

type Db = Kysely<Tables>

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

for (const strategy of ['local', 'set-local'] as const) {
  describe(`prepare by default beside changes of tables, ${strategy}`, () => {
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

    const WIDER = { bigint: 3_000_000_000, numeric: '1.5', text: 'one' }
    for (const [type, value] of Object.entries(WIDER)) {
      it(`a value that only the new type of a column knows is read as that: ${type}`, async () => {
        const read = (num: unknown) => (db: Db) =>
          sql`select title from notes where num = ${num}`.execute(db)
        for (const way of WAYS) {
          await owner(NOTES)
          for (let i = 0; i < 3; i++) await inA(app, (db) => run(db, way, read(1)))
          await owner(`alter table notes alter num type ${type} using '${value}'`)
          const found = [value, 'no number', 'no number', value].map((num) =>
            inA(app, (db) => told(run(db, way, read(num)))),
          )
          const wrong = type === 'text' ? '[]' : '22P02'
          const right = '[{"title":"one"}]'
          expect([way, ...(await Promise.all(found))]).to.deep.equal([
            way,
            right,
            wrong,
            wrong,
            right,
          ])
        }
      })
    }

    const CHANGES: Record<string, (trx: Db) => Promise<unknown>> = {
      'set_config of the search path': (trx) =>
        sql`select set_config('search_path', 'other', true)`.execute(trx),
      'a function': (trx) => sql`select widen()`.execute(trx),
      'a temporary table of select into': (trx) => sql`select 2 as b into temp notes`.execute(trx),
    }
    for (const [title, change] of Object.entries(CHANGES)) {
      it(`${title} in the transaction changes its tables, and is no error`, async () => {
        await owner(`create schema if not exists other; grant usage on schema other to public;
          drop table if exists other.notes; create table other.notes (b int);
          insert into other.notes values (2); grant select on other.notes to public;
          create or replace function widen() returns void language sql security definer
            as 'alter table notes add wide int'`)
        const within = ({ tenancy, db }: TenantDb) =>
          tenancy.run(A, () =>
            db
              .transaction()
              .execute(async (trx) => {
                for (let i = 0; i < 4; i++) await sql`select * from notes`.execute(trx)
                await change(trx)
                const { rows } = await sql`select * from notes`.execute(trx)
                throw Object.assign(new Error('undone'), { rows })
              })
              .catch((error) => error.rows ?? error.code),
          )
        expect(await within(app)).to.deep.equal(await within(plain))
      })
    }

    it('names what comes again and again in one transaction, between other statements', async () => {
      const statements = await inA(app, (db) =>
        db.transaction().execute(async (trx) => {
          for (let i = 0; i < 4; i++) {
            await sql`select num from notes where spare = ${i}`.execute(trx)
            await sql`insert into notes (num) values (${i})`.execute(trx)
            await sql`select ${i}::int as n`.execute(trx)
          }
          const { rows } = await sql<{ statement: string }>`select statement
            from pg_prepared_statements where name like 'kt\\_%' order by statement`.execute(trx)
          return rows.map(({ statement }) => statement)
        }),
      )
      expect(statements).to.deep.equal([
        'insert into notes (num) values ($1)',
        'select $1::int as n',
        'select num from notes where spare = $1',
      ])
    })
  })
}

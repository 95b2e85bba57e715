import { expect } from 'chai'
import { type Kysely, sql } from 'kysely'
import { withClient } from '../../support/postgres.ts'
import { STRATEGIES } from '../../support/strategies.ts'
import {
  A,
  B,
  createWorld,
  nextUser,
  openDb,
  type Tables,
  type TenantDb,
  type TenantWorld,
} from '../../support/tenants.ts'

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'none',
    (error) => error.code,
  )

for (const strategy of STRATEGIES.filter((name) => name !== 'sequential')) {
  describe(`prepare, ${strategy}`, () => {
    let world: TenantWorld
    let app: TenantDb

    before(async () => {
      world = await createWorld()
      await withClient(world.url, (client) =>
        client.query('create table notes (id int); grant all on notes to public'),
      )
    })
    after(() => world.drop())
    beforeEach(() => {
      app = openDb(world, { dialect: { strategy, prepare: { max: 3 } } })
    })
    afterEach(() => app[Symbol.asyncDispose]())

    const inA = <T>(body: (db: Kysely<Tables>) => Promise<T>) =>
      app.tenancy.run(A, () => body(app.db))
    const owner = (text: string) => withClient(world.url, (client) => client.query(text))
    /** The texts that the server has prepared for the user, but for this one. */
    const prepared = async () => {
      const client = await app.pool.connect()
      try {
        const { rows } = await client.query(
          `select statement from pg_prepared_statements where name like 'kt\\_%' order by statement`,
        )
        return rows
          .map(({ statement }) => statement)
          .filter((statement) => !statement.includes('set_config'))
      } finally {
        client.release()
      }
    }
    const titles = (id: number) => (db: Kysely<Tables>) =>
      db.selectFrom('projects').select('title').where('id', '=', id).execute()

    it('prepares a statement once, and gives each tenant its own rows with it', async () => {
      for (let i = 0; i < 8; i++) {
        const [tenant, title] = i % 2 === 0 ? [A, 'a one'] : [B, 'b one']
        const rows = await app.tenancy.run(tenant, () => titles(1)(app.db))
        expect(rows).to.deep.equal([{ title }])
      }
      expect(await prepared()).to.deep.equal(['select "title" from "projects" where "id" = $1'])
      expect(await nextUser(app.pool)).to.deep.equal({
        tenant: null,
        rows: 0,
        inTransaction: false,
      })
    })

    it('keeps the most recently used ones', async () => {
      const texts = ['select 1', 'select 2', 'select 3', 'select 1', 'select 4']
      for (const text of texts) await inA((db) => sql.raw(text).execute(db))
      const kept = await prepared()
      expect(kept).to.include('select 4')
      expect(kept).not.to.include('select 2')
      expect(kept.length).to.be.below(4)
      await inA((db) => sql.raw('select 2').execute(db))
    })

    it('prepares anew what DDL has changed the columns of', async () => {
      const all = (db: Kysely<Tables>) => sql`select * from notes`.execute(db)
      await inA(all)
      await owner('alter table notes add added text')
      expect(await codeOf(inA(all))).to.equal('none')

      await owner('alter table notes drop added')
      // As the first statement of a transaction it is sent again in a new one.
      expect(await codeOf(inA((db) => db.transaction().execute(all)))).to.equal('none')

      await owner('alter table notes add added text')
      // Later in a transaction the error stands: what was done before it is rolled back with it.
      const inTransaction = inA((db) =>
        db.transaction().execute(async (trx) => {
          await titles(1)(trx)
          await all(trx)
        }),
      )
      expect(await codeOf(inTransaction)).to.equal('0A000')
      expect(await codeOf(inA(all))).to.equal('none')
      await owner('alter table notes drop added')
      expect(await codeOf(inA(all))).to.equal('none')
    })

    it('goes on after the server has lost a statement', async () => {
      await inA(titles(1))
      const client = await app.pool.connect()
      await client.query('deallocate all')
      client.release()
      expect(await inA(titles(1))).to.deep.equal([{ title: 'a one' }])
      expect(await inA(titles(2))).to.deep.equal([{ title: 'a two' }])
    })

    it('goes on after DEALLOCATE in the scope', async () => {
      for (const text of ['deallocate all', 'prepare mine as select 1', 'deallocate mine']) {
        await inA((db) =>
          db.connection().execute(async (own) => {
            await titles(1)(own)
            await sql
              .raw(text)
              .execute(own)
              .catch(() => undefined)
            expect(await titles(1)(own)).to.deep.equal([{ title: 'a one' }])
          }),
        )
      }
    })

    it('does not take a statement for prepared whose Parse has failed', async () => {
      const later = (db: Kysely<Tables>) => sql`select id from later`.execute(db)
      expect(await codeOf(inA(later))).to.equal('42P01')
      expect(await codeOf(inA(later))).to.equal('42P01')
      await owner('create table later (id int); grant select on later to public')
      expect((await inA(later)).rows).to.deep.equal([])
      await owner('drop table later')
    })
  })
}

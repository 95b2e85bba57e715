import { expect } from 'chai'
import { Kysely, sql } from 'kysely'
import { PostgresJSDialect } from 'kysely-postgres-js'
import postgres from 'postgres'
import { createTenancy, TenantDialect } from '../../../src/index.ts'
import { failure } from '../../support/failure.ts'
import { FOREIGN_DIALECTS, type ForeignDialect } from '../../support/foreign-dialects.ts'
import { withClient } from '../../support/postgres.ts'
import { A, createWorld, type Tables, type TenantWorld } from '../../support/tenants.ts'

const tenancy = createTenancy({ tenant: { type: 'text' }, tables: ['projects'] })
const inA = <T>(body: () => Promise<T>) => tenancy.run(A, body)

for (const [name, open] of Object.entries(FOREIGN_DIALECTS)) {
  describe(`a connection of ${name} in doubt`, () => {
    let world: TenantWorld
    let foreign: ForeignDialect
    let db: Kysely<Tables>

    before(async function () {
      this.timeout(60_000)
      world = await createWorld()
    })
    after(() => world.drop())
    beforeEach(async function () {
      this.timeout(60_000)
      foreign = await open(world)
      const { query: _, end: __, ...options } = foreign
      db = new Kysely<Tables>({ dialect: new TenantDialect({ tenancy, ...options }) })
    })
    afterEach(() => foreign.end())

    const ids = async () =>
      (await db.selectFrom('projects').select('id').orderBy('id').execute()).map(({ id }) => id)
    const destroyed = async () => {
      const began = performance.now()
      await db.destroy()
      return performance.now() - began < 1000
    }

    it('is back after a statement that failed beside one that was running', async () => {
      const failing = () =>
        db
          .transaction()
          .execute((trx) =>
            Promise.all([
              sql`select 1 / 0`.execute(trx),
              sql`select pg_sleep(0.2)`.execute(trx),
              trx.insertInto('projects').values({ id: 70, title: 't', tenant_id: A }).execute(),
            ]),
          )
      const codes = await inA(() =>
        Promise.all([1, 2, 3].map(async () => (await failure(failing())).code)),
      )
      expect(codes).to.deep.equal(['22012', '22012', '22012'])
      expect(await inA(ids)).to.deep.equal([1, 2])
      expect(await destroyed()).to.equal(true)
    })

    it('commits a statement that was not awaited, and goes on', async () => {
      let late: Promise<unknown> | undefined
      await inA(() =>
        db.transaction().execute(async (trx) => {
          late = trx.insertInto('projects').values({ id: 7, title: 't', tenant_id: A }).execute()
        }),
      )
      await late
      expect(await inA(ids)).to.deep.equal([1, 2, 7])
      await inA(() => db.deleteFrom('projects').where('id', '=', 7).execute())
    })

    it('says that the transaction was rolled back when the statement not awaited fails', async () => {
      let late: Promise<unknown> | undefined
      const error = await failure(
        inA(() =>
          db.transaction().execute(async (trx) => {
            late = failure(sql`select 1 / 0`.execute(trx))
          }),
        ),
      )
      expect(error.code).to.equal('TRANSACTION.ROLLED_BACK')
      expect(await late).to.have.property('code', '22012')
      expect(await inA(ids)).to.deep.equal([1, 2])
    })

    it('lets destroy end within a second though a transaction was never ended', async () => {
      await inA(() => db.startTransaction().execute())
      expect(await destroyed()).to.equal(true)
    })
  })
}

describe('a connection of postgres.js in doubt, of several', () => {
  let world: TenantWorld
  let app: postgres.Sql
  let db: Kysely<Tables>

  before(async () => {
    world = await createWorld()
  })
  after(() => world.drop())
  beforeEach(() => {
    app = postgres(world.appUrl, { max: 3, onnotice: () => undefined })
    const dialect = new PostgresJSDialect({ postgres: app })
    db = new Kysely<Tables>({ dialect: new TenantDialect({ tenancy, dialect }) })
  })
  // postgres.js loses the next connection behind a killed one, and would wait for it to its own end.
  afterEach(() =>
    withClient(world.url, (client) =>
      client.query('select pg_terminate_backend(pid) from pg_stat_activity where usename = $1', [
        `${world.name}_app`,
      ]),
    ),
  )

  const one = async () => (await sql<{ one: number }>`select 1 as one`.execute(db)).rows
  const killApp = (running: string) =>
    withClient(world.url, async (client) => {
      const isKilled = async () =>
        (
          await client.query(
            `select pg_terminate_backend(pid) from pg_stat_activity
             where usename = $1 and state = 'active' and query like $2`,
            [`${world.name}_app`, `%${running}%`],
          )
        ).rowCount
      while (!(await isKilled()));
    })

  it('is not withheld behind a long statement, and is rolled back once that has ended', async () => {
    const began = performance.now()
    const slow = () =>
      db.transaction().execute(async (trx) => {
        sql`select pg_sleep(2)`.execute(trx).catch(() => undefined)
        await new Promise((resolve) => setImmediate(resolve))
        throw new Error('mine')
      })
    const errors = await Promise.all([1, 2, 3].map(() => failure(inA(slow))))
    expect(errors.map(({ message }) => message)).to.deep.equal(['mine', 'mine', 'mine'])
    expect(await inA(one)).to.deep.equal([{ one: 1 }])
    expect(performance.now() - began).to.be.greaterThan(1900)
    // postgres.js throws, uncaught, when a connection is killed that it is about to write to.
    await db.destroy()
  })

  it('ends neither the process nor the dialect when its backend is killed', async () => {
    const statement = failure(inA(() => sql`select pg_sleep(20) as alone`.execute(db)))
    await killApp('as alone')
    expect(await statement).to.have.property('code', 'CONNECTION_CLOSED')

    const inTransaction = failure(
      inA(() =>
        db.transaction().execute(async (trx) => {
          await sql`select pg_sleep(20) as inside`.execute(trx)
        }),
      ),
    )
    await killApp('as inside')
    expect(await inTransaction).to.have.property('code', 'CONNECTION_CLOSED')
    expect(await inA(one)).to.deep.equal([{ one: 1 }])

    const began = performance.now()
    await db.destroy()
    expect(performance.now() - began).to.be.lessThan(1000)
  })
})

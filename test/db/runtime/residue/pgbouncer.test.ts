import { setImmediate as turn } from 'node:timers/promises'
import { expect } from 'chai'
import { sql } from 'kysely'
import pg from 'pg'
import { type PgBouncer, pgbouncerBinary, startPgBouncer } from '../../../support/pgbouncer.ts'
import { withClient } from '../../../support/postgres.ts'
import {
  casesFor,
  cleanIn,
  createResidueWorld,
  LEAVINGS,
  type Leaving,
  look,
  ONE_OF_EACH,
  type Seen,
} from '../../../support/residue-bench.ts'
import { strategyOptions } from '../../../support/strategies.ts'
import { B, openDb, type TenantDb, type TenantWorld } from '../../../support/tenants.ts'

const binary = pgbouncerBinary()
const READS = 300
const KINDS = Object.keys(LEAVINGS) as Leaving[]

// Without PgBouncer the tests behind it are pending in `pgbouncer.test.ts`, which says so.
if (binary !== undefined) {
  describe('residue behind a transaction pooler', () => {
    let world: TenantWorld
    let pooler: PgBouncer
    let other: pg.Client

    before(async () => {
      world = await createResidueWorld()
    })
    after(() => world.drop())
    beforeEach(async () => {
      // One server connection: each client meets what the others have left.
      pooler = await startPgBouncer(binary, world.appUrl, { mode: 'transaction', poolSize: 1 })
      other = new pg.Client({ connectionString: pooler.url })
      other.on('error', () => undefined)
      await other.connect()
    })
    afterEach(async () => {
      await other.end()
      await pooler.stop()
    })

    const withApp = async (
      strategy: 'local' | 'set-local' | 'sequential',
      body: (app: TenantDb) => Promise<void>,
    ) => {
      const app = openDb(
        { ...world, appUrl: pooler.url },
        { pool: { max: 3 }, dialect: strategyOptions(strategy) },
      )
      try {
        await body(app)
      } finally {
        await app[Symbol.asyncDispose]()
      }
    }
    /** Those that the pooler has opened; the next ones begin with the defaults of their login. */
    const endSessions = (login: string) =>
      withClient(world.url, (admin) =>
        admin.query(`do $$ begin
          perform pg_terminate_backend(pid) from pg_stat_activity where usename = '${login}';
          while exists (select from pg_stat_activity where usename = '${login}') loop
            perform pg_sleep(0.002), pg_stat_clear_snapshot();
          end loop; end $$`),
      )
    /** As another client of the pooler, which may be another program. */
    const leave = (kind: Leaving) => other.query('select leave($1)', [kind])

    for (const strategy of ['local', 'set-local', 'sequential'] as const) {
      for (const kind of casesFor(strategy, { all: KINDS, few: ONE_OF_EACH })) {
        it(`${strategy}: the first statement of a client trusts no session: ${kind}`, () =>
          withApp(strategy, async ({ db, tenancy }) => {
            await leave(kind)
            const inB = <T>(body: () => Promise<T>) => tenancy.run(B, body)
            expect(await inB(() => look(db))).to.deep.equal(cleanIn(world))
            await leave(kind)
            expect(await inB(() => look(db))).to.deep.equal(cleanIn(world))
            await leave(kind)
            expect(await inB(() => db.transaction().execute(look))).to.deep.equal(cleanIn(world))
            // Each statement of a connection may meet another session.
            const seen = await inB(() =>
              db.connection().execute(async (own) => {
                const before = await look(own)
                await leave(kind)
                return [before, await look(own)]
              }),
            )
            expect(seen).to.deep.equal([cleanIn(world), cleanIn(world)])
          }))
      }

      it(`${strategy}: ${READS} reads beside a client that leaves residue all the time`, () =>
        withApp(strategy, async ({ db, tenancy }) => {
          let isOver = false
          const leaving = (async () => {
            for (let i = 0; !isOver; i++) {
              await leave(KINDS[i % KINDS.length] as Leaving).catch(() => undefined)
              await turn()
            }
          })()
          const read = async (i: number): Promise<Seen> =>
            tenancy.run(B, () => (i % 3 === 0 ? db.transaction().execute(look) : look(db)))
          const wrong: Seen[] = []
          const clean = JSON.stringify(cleanIn(world))
          const work = async (from: number) => {
            for (let i = from; i < READS; i += 3) {
              const seen = await read(i)
              if (JSON.stringify(seen) !== clean) wrong.push(seen)
            }
          }
          await Promise.all([work(0), work(1), work(2)])
          isOver = true
          await leaving
          expect(wrong).to.deep.equal([])
        }))
    }

    it('a role and settings that the database gives the login are its own', async () => {
      const app = `${world.name}_app`
      await withClient(world.url, (admin) =>
        admin.query(`
          create role ${world.name}_worker;
          grant ${world.name}_worker to ${app};
          grant select on projects to ${world.name}_worker;
          alter role ${app} in database ${world.name} set role = ${world.name}_worker;
          alter role ${app} set statement_timeout = '90s';
          alter database ${world.name} set search_path = attic, public`),
      )
      await endSessions(app)
      const state = sql`select current_user as user, current_setting('statement_timeout') as timeout,
        current_setting('search_path') as path`
      const own = { user: `${world.name}_worker`, timeout: '90s', path: 'attic, public' }
      try {
        await withApp('local', async ({ db, tenancy }) => {
          const inB = async () => (await tenancy.run(B, () => state.execute(db))).rows
          expect(await inB()).to.deep.equal([own])
          await other.query(`set role none; set statement_timeout = 0; set search_path = public`)
          expect(await inB()).to.deep.equal([own])
        })
      } finally {
        await withClient(world.url, (admin) =>
          admin.query(`
            alter role ${app} in database ${world.name} reset role;
            alter role ${app} reset statement_timeout;
            alter database ${world.name} reset search_path`),
        )
      }
    })
  })
}

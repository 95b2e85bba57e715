import { expect } from 'chai'
import { sql } from 'kysely'
import pg from 'pg'
import { readState } from '../../soak/client-state.ts'
import { inspectRows } from '../../soak/inspect.ts'
import { type Mix, operationOf } from '../../soak/operation.ts'
import { createOracle, type Oracle } from '../../soak/oracle.ts'
import { createSoakWorld, type SoakWorld } from '../../soak/soak-world.ts'
import { openSubject, type Subject } from '../../soak/subject.ts'
import { USUAL_ACTS } from '../../soak/usual-acts.ts'
import {
  type PgBouncer,
  pgbouncerBinary,
  pgbouncerVersion,
  startPgBouncer,
} from '../../support/pgbouncer.ts'
import { createDatabase, type TestDatabase, withClient } from '../../support/postgres.ts'
import { STRATEGIES } from '../../support/strategies.ts'

/** These hold behind a transaction pooler; `session` refuses to start there. */
const POOLED = STRATEGIES.filter((strategy) => strategy !== 'session')

const [CLIENTS, SERVER_CONNECTIONS, TENANTS] = [20, 4, 8]
const SEED = 42

// Against the pooler the strategies differ in what a transaction of the server holds: `local` and
// `set-local` one flight, `sequential` several. Most are of the default.
const statementsOf = (strategy: string) => (strategy === 'local' ? 5000 : 1000)
const operationsOf = (strategy: string) => (strategy === 'local' ? 800 : SOME_OPERATIONS)
/** In session mode a client has its session to itself for a while. */
const [SOME_STATEMENTS, SOME_OPERATIONS] = [600, 300]

const MIX: Mix = {
  read: 30,
  transaction: 30,
  stream: 10,
  savepoint: 10,
  'sql-error': 8,
  'callback-throws': 7,
  'without-tenant': 5,
}

const binary = pgbouncerBinary()

if (binary === undefined) {
  describe('behind PgBouncer', () => {
    const title = 'PgBouncer is not installed: the tests behind a pooler were not run'
    // Pending, and so in the summary: they are not to be taken for passed.
    if (process.env.CI !== 'true') it(title)
    else it(title, () => expect.fail('apt-get install pgbouncer'))
  })
} else {
  describe(`behind ${pgbouncerVersion(binary)}`, function () {
    this.timeout(120_000)
    let database: TestDatabase
    let world: SoakWorld

    before(async () => {
      database = await createDatabase()
      world = await createSoakWorld(database.url, TENANTS)
    })
    after(() => database.drop())

    describe('transaction mode', () => {
      for (const strategy of POOLED) {
        const statements = statementsOf(strategy)

        it(`${strategy}: ${statements} statements, no foreign row and none missing`, () =>
          withSubject('transaction', strategy, async (subject) => {
            const { findings, reads } = await load(subject, { read: 1 }, statements)
            expect({ findings, reads: reads() }).to.deep.equal({ findings: {}, reads: statements })
          }))

        it(`${strategy}: transactions, streams and errors, and nothing is left behind`, () =>
          withSubject('transaction', strategy, async (subject, pooler) => {
            const oracle = await load(subject, MIX, operationsOf(strategy))
            await withClient(pooler.url, async (next) => oracle.judgeClient(await readState(next)))
            expect(await withRows(oracle)).to.deep.equal({})
          }))
      }

      it('local: the prelude has a name on a connection of its own, and none behind the pooler', async () => {
        const names = async (connectionString: string) => {
          const subject = openSubject('local', { pool: { connectionString, max: 1 } })
          const prepared = sql<{
            name: string
          }>`select name from pg_prepared_statements where name like 'kysely%'`
          const select = () => subject.run('t1', 'run', (db) => prepared.execute(db))
          await select()
          await select()
          const { rows } = await select()
          await subject.pool.end()
          return rows.map(({ name }) => name)
        }
        expect((await names(world.appUrl)).sort()).to.deep.equal([
          'kysely_tenants_2_clean',
          'kysely_tenants_close_all',
        ])
        await withPooler('transaction', async ({ url }) => {
          expect(await names(url)).to.deep.equal([])
        })
      })

      it('session: refuses to start, and leaves no tenant on the connection of the pooler', () =>
        withSubject('transaction', 'session', async (subject, pooler) => {
          const read = subject.run('t1', 'run', (db) =>
            db.selectFrom('projects').selectAll().execute(),
          )
          const code = await read.then(
            () => 'none',
            (error) => error.code,
          )
          expect(code).to.equal('POOLER.DETECTED')
          await withClient(pooler.url, async (next) => {
            expect(await readState(next)).to.deep.equal({
              tenant: null,
              rows: 0,
              inTransaction: false,
              hasLeftovers: false,
            })
          })
        }))

      it('catches a driver that sets the tenant for the session', () =>
        withSubject('transaction', 'naive-session', async (subject) => {
          const { findings } = await load(subject, { read: 1 }, statementsOf('naive-session'))
          expect(findings['foreign row read']).to.be.at.least(1)
        }))
    })

    describe('session mode', () => {
      for (const strategy of STRATEGIES) {
        it(`${strategy}: clients come and go, no foreign row and none missing`, () =>
          withSubject('session', strategy, async (subject) => {
            const { findings, reads } = await load(subject, { read: 1 }, SOME_STATEMENTS)
            expect({ findings, reads: reads() }).to.deep.equal({
              findings: {},
              reads: SOME_STATEMENTS,
            })
          }))

        it(`${strategy}: transactions, streams and errors, and nothing is left behind`, () =>
          withSubject('session', strategy, async (subject) => {
            expect(await withRows(await load(subject, MIX, SOME_OPERATIONS))).to.deep.equal({})
          }))
      }
    })

    const withPooler = async (
      mode: 'session' | 'transaction',
      body: (pooler: PgBouncer) => Promise<void>,
    ): Promise<void> => {
      const pooler = await startPgBouncer(binary, world.appUrl, {
        mode,
        poolSize: SERVER_CONNECTIONS,
      })
      try {
        await body(pooler)
      } finally {
        await pooler.stop()
      }
    }

    const withSubject = (
      mode: 'session' | 'transaction',
      name: Parameters<typeof openSubject>[0],
      body: (subject: Subject, pooler: PgBouncer) => Promise<void>,
    ) =>
      withPooler(mode, async (pooler) => {
        // In session mode a client keeps its connection until it leaves: the others wait for that.
        const turns = mode === 'session' ? { maxUses: 50, idleTimeoutMillis: 20 } : {}
        const subject = openSubject(name, {
          pool: { connectionString: pooler.url, max: CLIENTS, ...turns },
          ...(mode === 'session' && name === 'session'
            ? { dialect: { poolerKeepsSessions: true } }
            : {}),
        })
        try {
          await body(subject, pooler)
        } finally {
          await subject.pool.end()
        }
      })

    const load = async (subject: Subject, mix: Mix, operations: number): Promise<Oracle> => {
      const oracle = createOracle()
      let index = 0
      const work = async () => {
        while (index < operations) {
          const operation = operationOf(SEED, index++, { tenants: world.tenants, mix })
          const act = USUAL_ACTS[operation.kind as keyof typeof USUAL_ACTS]
          await act({ subject, oracle }, operation).catch((e) => oracle.failed(operation, e))
        }
      }
      await Promise.all(Array.from({ length: CLIENTS }, work))
      return oracle
    }

    /** The findings, with those of the table itself; leaves it as it was. */
    const withRows = async (oracle: Oracle): Promise<Oracle['findings']> => {
      const admin = new pg.Pool({ connectionString: world.url, max: 1 })
      await inspectRows({ admin, oracle })
      await admin.query('delete from projects where id >= 1000')
      await admin.end()
      return oracle.findings
    }
  })
}

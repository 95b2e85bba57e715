import { expect } from 'chai'
import { sql } from 'kysely'
import type pg from 'pg'
import { isTenancyError } from '../../../src/index.ts'
import { withClient } from '../../support/postgres.ts'
import {
  A,
  B,
  createWorld,
  nextUser,
  openDb,
  type TenantDb,
  type TenantWorld,
} from '../../support/tenants.ts'

const CLEAN = { tenant: null, rows: 0, inTransaction: false }

let world: TenantWorld
let app: TenantDb

const withWorld = () => {
  before(async () => {
    world = await createWorld()
  })
  after(() => world.drop())
}

const withApp = (options?: Parameters<typeof openDb>[1]) => {
  beforeEach(() => {
    app = openDb(world, options)
  })
  afterEach(() => app[Symbol.asyncDispose]())
}

/** The next user sees nothing, the pool has all its clients, and the next scope works. */
async function expectClean(): Promise<void> {
  const { db, tenancy, pool } = app
  expect(await nextUser(pool)).to.deep.equal(CLEAN)
  const titles = await tenancy.run(B, () => db.selectFrom('projects').select('title').execute())
  expect(titles.map(({ title }) => title).sort()).to.deep.equal(['b one', 'b three'])
  expect(await nextUser(pool)).to.deep.equal(CLEAN)
  expect({
    total: pool.totalCount,
    idle: pool.idleCount,
    waiting: pool.waitingCount,
  }).to.deep.equal({ total: 1, idle: 1, waiting: 0 })
}

const failure = (promise: Promise<unknown>): Promise<Error & { code?: string }> =>
  promise.then(
    () => expect.fail('it was expected to fail'),
    (error) => error,
  )

/** The pid of the backend that the scope used. */
const backend = async () => {
  const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(app.db)
  return rows[0]?.pid ?? 0
}

const terminate = (pid: number) =>
  withClient(world.url, async (admin) => {
    await admin.query('select pg_terminate_backend($1)', [pid])
    // A backend is gone when it is gone from the list, not when it was told to go.
    await admin.query(`do $$ begin
      while exists (select from pg_stat_activity where pid = ${pid}) loop perform pg_sleep(0.005);
        perform pg_stat_clear_snapshot(); end loop; end $$`)
  })

describe('P2 nothing stays behind', () => {
  withWorld()
  withApp()

  it('after a statement', async () => {
    await app.tenancy.run(A, () => app.db.selectFrom('projects').selectAll().execute())
    await expectClean()
  })

  it('after a statement that failed', async () => {
    const error = await failure(app.tenancy.run(A, () => sql`select 1/0`.execute(app.db)))
    expect(error.code).to.equal('22012')
    await expectClean()
  })

  it('after a transaction that committed, and one that was rolled back', async () => {
    const insert = (id: number) =>
      app.tenancy.run(A, () =>
        app.db.transaction().execute(async (trx) => {
          await trx.insertInto('projects').values({ id, title: 't', tenant_id: A }).execute()
          if (id === 51) throw new Error('changed my mind')
        }),
      )
    await insert(50)
    expect((await failure(insert(51))).message).to.equal('changed my mind')
    await expectClean()
    await app.tenancy.run(A, () => app.db.deleteFrom('projects').where('id', '=', 50).execute())
  })

  it('after a stream that ended, one that was left early, and one that failed', async () => {
    const stream = (query: string) => app.tenancy.run(A, () => readStream(query, 1))
    const pid = await app.tenancy.run(A, backend)
    await stream('select id from projects')
    await stream('select generate_series(1, 100) as id')
    const error = await failure(stream('select 1 / (2 - g) as id from generate_series(1, 3) g'))
    expect(error.code).to.equal('22012')
    // Given back and not destroyed: each of them waited until the server was ready again.
    expect(await app.tenancy.run(A, backend)).to.equal(pid)
    await expectClean()
  })

  it('after a stream in a transaction, which goes on with its tenant', async () => {
    await app.tenancy.run(A, () =>
      app.db.transaction().execute(async (trx) => {
        for await (const _ of trx.selectFrom('projects').selectAll().stream(1)) break
        expect(await trx.selectFrom('projects').select('id').execute()).to.have.length(2)
      }),
    )
    await expectClean()
  })

  it('after a savepoint was rolled back, which keeps the tenant', async () => {
    await app.tenancy.run(A, async () => {
      const trx = await app.db.startTransaction().execute()
      const saved = await trx.savepoint('s').execute()
      await failure(sql`select 1/0`.execute(saved))
      await saved.rollbackToSavepoint('s').execute()
      expect(await trx.selectFrom('projects').select('id').execute()).to.have.length(2)
      await trx.commit().execute()
    })
    await expectClean()
  })

  it('with a transaction that raw SQL began and nobody ended', async () => {
    await app.tenancy.run(A, () => app.db.connection().execute((db) => sql`begin`.execute(db)))
    await expectClean()
  })

  it('when the user sets the tenant for the session', async () => {
    for (const statement of [
      `set app.tenant_id = '${B}'`,
      `select set_config('app.tenant_id', '${B}', false)`,
      `begin; commit`,
    ]) {
      const run = app.tenancy.run(A, () => sql.raw(statement).execute(app.db))
      // Several commands in one text are refused by the protocol.
      if (statement.includes(';')) expect((await failure(run)).code).to.equal('42601')
      else await run
      await expectClean()
    }
  })

  it('when the user switches the tenant inside a transaction: the next statement is right again', async () => {
    await app.tenancy.run(A, () =>
      app.db.transaction().execute(async (trx) => {
        await sql`select set_config('app.tenant_id', ${B}, true)`.execute(trx)
        const rows = await trx.selectFrom('projects').select('tenant_id').distinct().execute()
        expect(rows).to.deep.equal([{ tenant_id: A }])
      }),
    )
    await expectClean()
  })

  it('of a tenant that somebody else left on the session of a pooled client', async () => {
    // The login is checked with the first statement of a pool.
    await app.tenancy.run(A, backend)
    const polluted = await app.pool.connect()
    await polluted.query(`select set_config('app.tenant_id', '${B}', false)`)
    polluted.release()
    const rows = await app.tenancy.run(A, () =>
      app.db.selectFrom('projects').select('tenant_id').distinct().execute(),
    )
    expect(rows).to.deep.equal([{ tenant_id: A }])
    await expectClean()
  })

  it('of temporary tables and listeners', async () => {
    await withClient(world.url, (admin) =>
      admin.query(`grant temp on database ${world.name} to ${world.name}_app`),
    )
    for (const statement of [sql`create temp table leftovers (id int)`, sql`listen news`]) {
      const pid = await app.tenancy.run(A, async () => {
        await statement.execute(app.db)
        return backend()
      })
      await app.tenancy.run(B, async () => expect(await backend()).to.equal(pid))
      await expectClean()
    }
  })

  async function readStream(query: string, rows: number): Promise<void> {
    const left = query.includes('100') ? 2 : Number.POSITIVE_INFINITY
    let read = 0
    const compiled = sql.raw(query).compile(app.db)
    for await (const _ of app.db.getExecutor().stream(compiled, rows)) if (++read === left) break
  }
})

describe('P3 in doubt, destroy', () => {
  withWorld()
  withApp({ pool: { query_timeout: 300 } })

  it('after a client-side timeout, in and out of a transaction', async () => {
    for (const scope of [app.db.connection(), app.db.transaction()]) {
      const error = await failure(
        app.tenancy.run(A, () => scope.execute((db) => sql`select pg_sleep(5)`.execute(db))),
      )
      expect(error.message).to.equal('Query read timeout')
      await expectClean()
    }
  })

  it('after the backend was terminated between two statements, without ending the process', async () => {
    const error = await failure(
      app.tenancy.run(A, () =>
        app.db.transaction().execute(async (trx) => {
          await terminate(await backendOf(trx))
          await trx.selectFrom('projects').selectAll().execute()
        }),
      ),
    )
    expect(isTenancyError(error)).to.equal(false)
    await expectClean()
  })

  it('after the scope gave up while a statement was running', async () => {
    let late: Promise<unknown> = Promise.resolve()
    const error = await failure(
      app.tenancy.run(A, () =>
        app.db.transaction().execute(async (trx) => {
          late = failure(sql`select pg_sleep(0.2)`.execute(trx))
          // The statement is on its way once the event loop has turned.
          await new Promise(setImmediate)
          throw new Error('gave up')
        }),
      ),
    )
    expect(error.message).to.equal('gave up')
    await late
    await expectClean()
  })

  it('when a commit is asked for while a statement is running', async () => {
    let late: Promise<unknown> = Promise.resolve()
    const error = await failure(
      app.tenancy.run(A, () =>
        app.db.transaction().execute(async (trx) => {
          await trx.insertInto('projects').values({ id: 70, title: 't', tenant_id: A }).execute()
          late = failure(sql`select pg_sleep(0.2)`.execute(trx))
          await new Promise(setImmediate)
        }),
      ),
    )
    expect(error.code).to.equal('TRANSACTION.STATEMENT_RUNNING')
    await late
    await expectClean()
    expect(await countOf(70)).to.equal(0)
  })

  it('when the pool hands out a client inside a transaction: nothing is done and lost', async () => {
    const stranger = await app.pool.connect()
    await stranger.query('begin')
    stranger.release()
    await app.tenancy.run(A, () =>
      app.db.insertInto('projects').values({ id: 71, title: 't', tenant_id: A }).execute(),
    )
    await expectClean()
    expect(await countOf(71)).to.equal(1)
  })

  it('when COMMIT is answered by ROLLBACK, which is an error', async () => {
    const error = await failure(
      app.tenancy.run(A, () =>
        app.db.transaction().execute(async (trx) => {
          await failure(sql`select 1/0`.execute(trx))
        }),
      ),
    )
    expect(error.code).to.equal('TRANSACTION.ROLLED_BACK')
    await expectClean()
  })

  it('when a hook throws: no client is lost', async () => {
    const failing = openDb(world, {
      dialect: {
        onReserveConnection: async () => {
          throw new Error('hook')
        },
      },
    })
    try {
      for (let i = 0; i < 3; i++) {
        const error = await failure(
          failing.tenancy.run(A, () => failing.db.selectFrom('projects').selectAll().execute()),
        )
        expect(error.message).to.equal('hook')
      }
      expect(failing.pool.waitingCount).to.equal(0)
    } finally {
      await failing[Symbol.asyncDispose]()
    }
  })

  const backendOf = async (db: Parameters<ReturnType<typeof sql>['execute']>[0]) => {
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(db)
    return rows[0]?.pid ?? 0
  }

  const countOf = (id: number) =>
    withClient(world.url, async (client: pg.Client) => {
      const { rows } = await client.query('select count(*)::int as n from projects where id = $1', [
        id,
      ])
      return rows[0].n
    })
})

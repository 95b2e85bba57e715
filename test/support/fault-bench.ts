import { once } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'
import { type Kysely, sql } from 'kysely'
import pg from 'pg'
import { expectClean } from './expect-clean.ts'
import { failure } from './failure.ts'
import {
  type Action,
  type ArmedRule,
  type FaultProxy,
  type Rule,
  startFaultProxy,
} from './fault-proxy.ts'
import { createFaultWorld } from './fault-world.ts'
import { STRATEGIES, type StrategyName, strategyOptions } from './strategies.ts'
import { A, openDb, type Tables, type TenantDb, type TenantWorld } from './tenants.ts'

/**
 * The surroundings of a row of the fault matrix: an application whose connections go through a
 * proxy.
 */
export interface FaultBench {
  readonly strategy: StrategyName
  readonly world: TenantWorld
  /** Of a superuser, past the proxy. */
  readonly admin: pg.Client
  readonly proxy: FaultProxy
  /** One client, which has run a statement. */
  readonly app: TenantDb
  /** Of the backend of that client. */
  readonly pid: number
  /** Another application in the place of the first. */
  reopen(options: Parameters<typeof openDb>[1]): Promise<void>
  /** Arms a rule of the proxy. */
  on(rule: Rule): ArmedRule
  inA<T>(body: (db: Kysely<Tables>) => Promise<T>): Promise<T>
  /** The ids of the rows that a test has added, of every tenant. */
  stored(): Promise<number[]>
  /** The standard probe after a fault. */
  expectClean(): Promise<void>
}

/** A group of the matrix: `rows` declares its tests, once for each strategy. */
export function describeFaults(group: string, rows: (bench: FaultBench) => void): void {
  describe(group, () => {
    let world: TenantWorld
    let admin: pg.Client

    before(async () => {
      world = await createFaultWorld()
      admin = new pg.Client({ connectionString: world.url })
      await admin.connect()
    })
    after(async () => {
      await admin?.end()
      await world?.drop()
    })

    for (const strategy of STRATEGIES) {
      describe(`strategy ${strategy}`, () => {
        let proxy: FaultProxy
        let app: TenantDb
        let pid: number

        const open = async (options: Parameters<typeof openDb>[1] = {}) => {
          const dialect = { ...strategyOptions(strategy), ...options?.dialect }
          app = openDb({ ...world, appUrl: proxy.url }, { ...options, dialect })
          pid = await app.tenancy.run(A, () => backendOf(app.db))
          // `session` gives a client back when its reset is answered.
          while (app.pool.totalCount > 0 && app.pool.idleCount === 0) await turn()
        }
        beforeEach(async () => {
          proxy = await startFaultProxy(world.appUrl)
          await open()
        })
        afterEach(async () => {
          await app[Symbol.asyncDispose]()
          await proxy.stop()
          await admin.query('delete from projects where id >= 100; delete from slots')
        })

        rows({
          strategy,
          get world() {
            return world
          },
          get admin() {
            return admin
          },
          get proxy() {
            return proxy
          },
          get app() {
            return app
          },
          get pid() {
            return pid
          },
          async reopen(options) {
            await app[Symbol.asyncDispose]()
            await open(options)
          },
          on: (rule) => proxy.on(rule),
          inA: (body) => app.tenancy.run(A, () => body(app.db)),
          async stored() {
            const { rows } = await admin.query(
              'select id from projects where id >= 100 order by id',
            )
            return rows.map(({ id }) => id)
          },
          expectClean: () => expectClean(app, admin),
        })
      })
    }
  })
}

/** The pid of the backend that runs the statements of `db`. */
export async function backendOf(db: Kysely<Tables>): Promise<number> {
  const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(db)
  return rows[0]?.pid ?? 0
}

/** The tenants whose rows `db` sees. */
export async function tenantsSeen(db: Kysely<Tables>): Promise<string[]> {
  const rows = await db.selectFrom('projects').select('tenant_id').distinct().execute()
  return rows.map(({ tenant_id }) => tenant_id).sort()
}

/** Ends a backend, and returns when it is gone. */
export async function terminate(admin: pg.Client, pid: number): Promise<void> {
  await admin.query('select pg_terminate_backend($1)', [pid])
  await untilGone(admin, pid)
}

/** A backend is gone when it is gone from the list, not when it was told to go. */
export async function untilGone(admin: pg.Client, pid: number): Promise<void> {
  await admin.query(`do $$ begin
    while exists (select from pg_stat_activity where pid = ${pid}) loop
      perform pg_sleep(0.002), pg_stat_clear_snapshot();
    end loop; end $$`)
}

/** Arms `rule` for the ReadyForQuery behind the next error of the server. */
export function behindNextError(bench: FaultBench, action: Action): Promise<ArmedRule> {
  return new Promise((resolve) => {
    bench.on({
      dir: 'B',
      type: 'E',
      action(bytes) {
        resolve(bench.on({ dir: 'B', type: 'Z', action }))
        return bytes
      },
    })
  })
}

/**
 * Every strategy does `run`, and `session` refuses it: it cannot repair its session, only give it
 * up.
 */
export async function unlessSession({ strategy }: FaultBench, run: Promise<unknown>) {
  if (strategy !== 'session') await run
  else if ((await failure(run)).code !== 'SCOPE.ENDED') throw new Error('it was not refused')
}

/** The next error that the server sends on a client of the pool, when it has arrived. */
export function nextServerError(pool: pg.Pool): Promise<unknown> {
  return once(clientOf(pool).connection, 'errorMessage')
}

/** From here on the client of the pool waits for no answer longer than 100 ms; the next one does. */
export function makeImpatient(pool: pg.Pool): void {
  clientOf(pool).connectionParameters.query_timeout = 100
}

/**
 * Connects all clients of the pool, without a limit; from here on a scope waits at most 50 ms for
 * one.
 */
export async function limitWaiting(pool: pg.Pool): Promise<void> {
  const clients = await Promise.all(Array.from({ length: pool.options.max }, () => pool.connect()))
  for (const client of clients) client.release()
  pool.options.connectionTimeoutMillis = 50
}

interface Client {
  readonly connection: NodeJS.EventEmitter
  readonly connectionParameters: { query_timeout: number }
}

function clientOf(pool: pg.Pool): Client {
  // pg-pool has no public way to a client that is checked out.
  const [client] = (pool as unknown as { _clients: Client[] })._clients
  if (!client) throw new Error('the pool has no client')
  return client
}

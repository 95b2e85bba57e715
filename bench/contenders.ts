import { AsyncLocalStorage } from 'node:async_hooks'
import { Kysely, PostgresDialect, sql, type Transaction } from 'kysely'
import { createTenancy, TenantDialect, TenantPlugin, type TenantPoolConfig } from 'kysely-tenants'
import pg from 'pg'
import Cursor from 'pg-cursor'
import type { Tables } from './tables.ts'

export interface Contender {
  readonly name: string
  readonly table: keyof Tables
  /** Serves one tenant only: the tenant is that of its connections, for ever. */
  readonly isFixed: boolean
  statement<T>(tenant: number, body: (db: Kysely<Tables>) => Promise<T>): Promise<T>
  transaction<T>(tenant: number, body: (trx: Transaction<Tables>) => Promise<T>): Promise<T>
  end(): Promise<void>
}

/**
 * The application before it had tenancy: an explicit predicate on a table without policies, and requests that
 * are known by AsyncLocalStorage, as in most (loggers, tracing, frameworks). Before Node 24 that makes every
 * promise more expensive; the row without it shows by how much.
 */
export const BASELINE = 'no tenancy'

/** The second column: the same table under the same policies, each connection with its tenant for ever. */
export const WITH_POLICIES = 'policies, one tenant for ever'

/** The contenders of the table by tenants. Without policies, the cost is that of the table and its index. */
export const BY_TENANTS = [BASELINE, 'kysely-tenants']

/** Where a contender runs. */
export interface Place {
  readonly connectionString: string
  /** Connections of its pool. */
  readonly max: number
  /** The tenant of the baseline. */
  readonly fixed: number
}

type Open = (name: string, pool: (options?: string) => pg.Pool, place: Place) => Contender

const CONTENDERS: Readonly<Record<string, Open>> = {
  [BASELINE]: (name, pool) =>
    plain(name, { table: 'projects_without_rls', pool: pool(), hasRequests: true }),
  'no tenancy, no AsyncLocalStorage': (name, pool) =>
    plain(name, { table: 'projects_without_rls', pool: pool(), hasRequests: false }),
  'no tenancy, named statements': (name, pool) =>
    plain(name, { table: 'projects_without_rls', pool: naming(pool()), hasRequests: true }),
  [WITH_POLICIES]: (name, pool, { fixed }) =>
    plain(name, { table: 'projects', pool: pool(`-c app.tenant_id=${fixed}`), hasRequests: true }),
  'kysely-tenants': (name, pool) => scoped(name, { pool: pool() }),
  'kysely-tenants, prepare: false': (name, pool) => scoped(name, { pool: pool(), prepare: false }),
  'kysely-tenants, set-local': (name, pool) =>
    scoped(name, { pool: pool(), strategy: 'set-local' }),
  'kysely-tenants, session': (name, pool) => scoped(name, { pool: pool(), strategy: 'session' }),
  'begin; set_config; query; commit': (name, pool) => usual(name, pool()),
}

export const NAMES: readonly string[] = Object.keys(CONTENDERS)

export function openContender(name: string, place: Place): Contender {
  const open = CONTENDERS[name]
  if (!open) throw new Error(`no contender ${name}`)
  const { connectionString, max } = place
  return open(name, (options) => new pg.Pool({ connectionString, max, options }), place)
}

/** Kysely has no named statements: as an application does that gives pg a name for each text. */
function naming(pool: pg.Pool): pg.Pool {
  const names = new Map<string, string>()
  pool.on('connect', (client) => {
    const query = client.query.bind(client) as (config: unknown, values?: unknown) => unknown
    const named = (text: unknown, values?: unknown) => {
      if (typeof text !== 'string') return query(text, values)
      const name = names.get(text) ?? `named_${names.size}`
      names.set(text, name)
      return query({ name, text, values })
    }
    Object.assign(client, { query: named })
  })
  return pool
}

interface Plain {
  readonly table: keyof Tables
  readonly pool: pg.Pool
  readonly hasRequests: boolean
}

function plain(name: string, { table, pool, hasRequests }: Plain): Contender {
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool, cursor: Cursor }) })
  const requests = new AsyncLocalStorage<object>()
  const inRequest = <T>(body: () => T): T => (hasRequests ? requests.run({}, body) : body())
  return {
    name,
    table,
    isFixed: table === 'projects',
    statement: (_, body) => inRequest(() => body(db)),
    transaction: (_, body) => inRequest(() => db.transaction().execute(body)),
    end: () => db.destroy(),
  }
}

function scoped(name: string, config: Omit<TenantPoolConfig, 'tenancy'>): Contender {
  const tenancy = createTenancy({ tenant: { type: 'integer' }, tables: { projects: {} } })
  const db = new Kysely<Tables>({
    dialect: new TenantDialect({ tenancy, cursor: Cursor, ...config }),
    plugins: [new TenantPlugin({ tenancy })],
  })
  return {
    name,
    table: 'projects',
    isFixed: false,
    statement: (tenant, body) => tenancy.run(tenant, () => body(db)),
    transaction: (tenant, body) => tenancy.run(tenant, () => db.transaction().execute(body)),
    end: () => db.destroy(),
  }
}

function usual(name: string, pool: pg.Pool): Contender {
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool, cursor: Cursor }) })
  const inTransaction: Contender['transaction'] = (tenant, body) =>
    db.transaction().execute(async (trx) => {
      await sql`select set_config('app.tenant_id', ${String(tenant)}, true)`.execute(trx)
      return body(trx)
    })
  return {
    name,
    table: 'projects',
    isFixed: false,
    statement: inTransaction,
    transaction: inTransaction,
    end: () => db.destroy(),
  }
}

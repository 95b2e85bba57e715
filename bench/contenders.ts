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

/** What the others are compared with: the same table under the same policies. */
export const BASELINE = 'plain Kysely, predicate'

/** Whose cost over ever more tenants is shown; without policies it is that of the table and its index. */
export const BY_TENANTS = ['the same, table without policies', 'kysely-tenants, local']

/**
 * Each with a pool of its own, so that all are warm in the same way.
 *
 * @param fixed the tenant of the baseline
 */
export function openContenders(connectionString: string, max: number, fixed: number): Contender[] {
  const pool = (options?: string) => new pg.Pool({ connectionString, max, options })
  return [
    plain(BASELINE, 'projects', pool(`-c app.tenant_id=${fixed}`)),
    plain('the same, table without policies', 'projects_without_rls', pool()),
    scoped('kysely-tenants, local', { pool: pool() }),
    scoped('kysely-tenants, local + prepare', { pool: pool(), prepare: { max: 256 } }),
    scoped('kysely-tenants, session', { pool: pool(), strategy: 'session' }),
    scoped('kysely-tenants, set-local', { pool: pool(), strategy: 'set-local' }),
    usual('begin; set_config; query; commit', pool()),
  ]
}

function plain(name: string, table: keyof Tables, pool: pg.Pool): Contender {
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool, cursor: Cursor }) })
  return {
    ...{ name, table, isFixed: table === 'projects' },
    statement: (_, body) => body(db),
    transaction: (_, body) => db.transaction().execute(body),
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
    ...{ name, table: 'projects', isFixed: false },
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
    ...{ name, table: 'projects', isFixed: false },
    statement: inTransaction,
    transaction: inTransaction,
    end: () => db.destroy(),
  }
}

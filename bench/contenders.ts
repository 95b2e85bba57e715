import { Kysely, PostgresDialect, sql } from 'kysely'
import { createTenancy, TenantDialect, TenantPlugin } from 'kysely-tenants'
import pg from 'pg'
import { ROWS_PER_TENANT, type Tables, TENANTS } from './tables.ts'

export interface Contender {
  readonly name: string
  run(i: number): Promise<unknown>
  end(): Promise<void>
}

export const CONTENDERS = [
  'plain Kysely, predicate, table without policies',
  'plain Kysely, predicate, same table, one tenant',
  'kysely-tenants, local',
  'begin; set_config; query; commit',
] as const

/** Each with a pool of one connection, so that all are warm in the same way. */
export function openContenders(connectionString: string): Contender[] {
  const pool = (options?: string) => new pg.Pool({ connectionString, max: 1, options })
  const plain = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: pool() }) })
  const tenancy = createTenancy({ tenant: { type: 'integer' }, tables: { projects: {} } })
  const scoped = new Kysely<Tables>({
    dialect: new TenantDialect({ tenancy, pool: pool() }),
    plugins: [new TenantPlugin({ tenancy })],
  })
  const usual = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: pool() }) })
  // What the policies cost without us: the tenant is that of the connection, for ever.
  const fixed = new Kysely<Tables>({
    dialect: new PostgresDialect({ pool: pool(`-c app.tenant_id=${FIXED_TENANT}`) }),
  })
  const [plainName, fixedName, localName, usualName] = CONTENDERS

  return [
    {
      name: plainName,
      run: (i) =>
        plain
          .selectFrom('projects_without_rls')
          .selectAll()
          .where('tenant_id', '=', tenantOf(i))
          .where('id', '=', idOf(i))
          .execute(),
      end: () => plain.destroy(),
    },
    {
      name: fixedName,
      run: (i) =>
        fixed
          .selectFrom('projects')
          .selectAll()
          .where('tenant_id', '=', FIXED_TENANT)
          .where('id', '=', idOf(i))
          .execute(),
      end: () => fixed.destroy(),
    },
    {
      name: localName,
      run: (i) =>
        tenancy.run(tenantOf(i), () =>
          scoped.selectFrom('projects').selectAll().where('id', '=', idOf(i)).execute(),
        ),
      end: () => scoped.destroy(),
    },
    {
      name: usualName,
      run: (i) =>
        usual.transaction().execute(async (trx) => {
          await sql`select set_config('app.tenant_id', ${String(tenantOf(i))}, true)`.execute(trx)
          return trx.selectFrom('projects').selectAll().where('id', '=', idOf(i)).execute()
        }),
      end: () => usual.destroy(),
    },
  ]
}

const FIXED_TENANT = 1

function tenantOf(i: number): number {
  return (i % TENANTS) + 1
}

function idOf(i: number): number {
  return (i % ROWS_PER_TENANT) + 1
}

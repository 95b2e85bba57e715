import { type Generated, Kysely } from 'kysely'
import { createTenancy, TenantDialect, TenantPlugin, type WithTenant } from 'kysely-tenants'
import pg from 'pg'
import Cursor from 'pg-cursor'

interface Tables {
  projects: { id: Generated<string>; tenant_id: string; title: string }
  memberships: { user_id: string; tenant_id: string }
}

/** Of schema.sql: one tenant table, and the global one that says whose user belongs to which tenants. */
const config = {
  tenant: { type: 'text' },
  tables: ['projects'],
  global: ['memberships'],
} as const

export type Database = WithTenant<Tables, typeof config>

export const tenancy = createTenancy(config)

export function openDatabase(connectionString: string): { db: Kysely<Database>; pool: pg.Pool } {
  const pool = new pg.Pool({ connectionString, max: 5 })
  const db = new Kysely<Database>({
    dialect: new TenantDialect({ tenancy, pool, cursor: Cursor }),
    plugins: [new TenantPlugin({ tenancy })],
  })
  return { db, pool }
}

/**
 * The tenant of a request, or undefined. The header only proposes one; the memberships decide, and a tenant
 * that does not exist looks like one that the user may not enter.
 */
export async function tenantOf(
  db: Kysely<Database>,
  headers: Headers,
): Promise<string | undefined> {
  const user = authenticate(headers)
  const proposed = headers.get('x-tenant')
  if (!user || !proposed) return undefined
  const membership = await tenancy.runGlobal(() =>
    db
      .selectFrom('memberships')
      .select('tenant_id')
      .where('user_id', '=', user)
      .where('tenant_id', '=', proposed)
      .executeTakeFirst(),
  )
  return membership?.tenant_id
}

/** A session or a token belongs here: the examples believe the name. */
function authenticate(headers: Headers): string | undefined {
  return headers.get('authorization')?.replace(/^Bearer /, '')
}

import { type Generated, Kysely } from 'kysely'
import {
  createTenancy,
  type Tenancy,
  TenantDialect,
  TenantPlugin,
  type WithTenant,
} from 'kysely-tenants'
import pg from 'pg'
import config from './kysely-tenants.config.ts'

interface Tables {
  tenants: { id: string; name: string; country_code: string }
  projects: { tenant_id: string; id: Generated<string>; lead_id: string; name: string }
  templates: { tenant_id: string | null; name: string; body: string }
  open_tasks: { tenant_id: string; project: string; title: string }
}

/** `tenant_id` can be read, but neither inserted nor updated: the database fills it in. */
export type Database = WithTenant<Tables, 'projects' | 'templates'>

export interface App {
  readonly db: Kysely<Database>
  readonly tenancy: Tenancy
}

/** The whole set-up of an application: one tenancy, one dialect, one plugin. */
export function createApp(appUrl: string, adminUrl: string): App {
  const tenancy = createTenancy(config)
  const dialect = new TenantDialect({
    tenancy,
    // One connection, so that the tenants below have to share it.
    pool: createPool(appUrl),
    adminPool: createPool(adminUrl),
  })
  return { db: new Kysely({ dialect, plugins: [new TenantPlugin({ tenancy })] }), tenancy }
}

function createPool(connectionString: string): pg.Pool {
  const pool = new pg.Pool({ connectionString, max: 1 })
  // Ctrl-C takes the server from under the idle connection; without a listener that is a crash.
  pool.on('error', () => undefined)
  return pool
}

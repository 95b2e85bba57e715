import knexPackage, { type Knex } from 'knex'
import {
  createTenancy,
  type Tenancy,
  type TenantClientOptions,
  tenantClient,
} from '../../src/knex/index.ts'
import type { TenantWorld } from './tenants.ts'

export interface KnexApp extends AsyncDisposable {
  readonly db: Knex
  readonly admin: Knex
  readonly tenancy: Tenancy
}

/** The copies of Knex that are supported, by the names they are installed under. */
export const KNEXES: Readonly<Record<string, typeof knexPackage>> = {
  '3.3': knexPackage,
  '3.1': (await import('knex-3.1')).default as unknown as typeof knexPackage,
  '2.5': (await import('knex-2.5')).default as unknown as typeof knexPackage,
}

/**
 * The Knex of an application, with its login, and with one connection unless `config` says else.
 */
export function openKnex(
  world: Pick<TenantWorld, 'appUrl' | 'adminUrl'>,
  options: {
    readonly client?: Partial<TenantClientOptions>
    readonly config?: Partial<Knex.Config>
  } = {},
): KnexApp {
  const { client, config } = options
  const knex = client?.knex ?? knexPackage
  const tenancy = createTenancy({ tenant: { type: 'text' }, tables: { projects: {} } })
  const admin = knex({ client: 'pg', connection: world.adminUrl, pool: { min: 0, max: 1 } })
  const db = knex({
    client: tenantClient({ tenancy, admin, ...client }),
    ...(config?.connectionPool ? {} : { connection: world.appUrl }),
    pool: { min: 0, max: 1 },
    ...config,
  })
  return {
    db,
    admin,
    tenancy,
    async [Symbol.asyncDispose]() {
      await db.destroy()
      await admin.destroy()
    },
  }
}

import {
  type DialectAdapter,
  type Driver,
  PostgresDialect,
  type PostgresDialectConfig,
  PostgresDriver,
  type PostgresPool,
} from 'kysely'
import type { Guard } from './guard.ts'
import { registerOrigin } from './origin.ts'
import { Pools } from './pools.ts'
import type { Tenancy } from './tenancy.ts'

export interface TenantDialectConfig extends PostgresDialectConfig {
  /** From {@link createTenancy}. */
  readonly tenancy: Tenancy
  /** Of the login of `roles.admin`, for `runAsAdmin`: never a setting the app login could set itself. */
  readonly adminPool?: PostgresPool | (() => Promise<PostgresPool>)
  /**
   * Before the first statement of the pool, its login is asked for: a superuser, BYPASSRLS, the owner
   * of a tenant table without FORCE, and whoever can `SET ROLE` to one of them is not bound by row
   * security. `'error'` refuses it, `'warn'` warns once per pool, `'off'` does not ask.
   *
   * @default 'error'
   */
  readonly guard?: Guard
}

/**
 * Kysely's PostgresDialect, where every statement carries the tenant of its scope in the same network
 * round trip and leaves nothing behind on the pooled connection.
 *
 * Errors of a statement: `TENANT.MISSING` outside a scope, `TENANT.MISMATCH`, `TENANT.VIOLATION`,
 * `SCOPE.ENDED`, `ADMIN.NO_POOL`; on the first one of a pool `ROLE.BYPASSES_RLS`,
 * `SETTING.HAS_DEFAULT` and `DIALECT.UNSUPPORTED_POOL`.
 *
 * @example
 * ```ts
 * const db = new Kysely<Database>({
 *   dialect: new TenantDialect({ tenancy, pool: new Pool({ connectionString }), cursor: Cursor }),
 *   plugins: [new TenantPlugin({ tenancy })],
 * })
 * ```
 */
export class TenantDialect extends PostgresDialect {
  readonly #config: TenantDialectConfig
  readonly #driver: Driver

  constructor(config: TenantDialectConfig) {
    super(config)
    this.#config = config
    this.#driver = leasingDriver(config)
  }

  override createDriver(): Driver {
    return this.#driver
  }

  override createAdapter(): DialectAdapter {
    return registerOrigin(super.createAdapter(), {
      dialect: this,
      driver: this.#driver,
      tenancy: this.#config.tenancy,
    })
  }
}

/** Begin, commit, savepoints, streams and cancellation stay Kysely's: only its pool is another. */
function leasingDriver(config: TenantDialectConfig): Driver {
  const pools = new Pools(config)
  const { onCreateConnection: _, onReserveConnection: __, ...rest } = config
  return new PostgresDriver({ ...rest, pool: () => pools.open() })
}

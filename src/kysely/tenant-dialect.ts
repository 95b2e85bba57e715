import {
  type DatabaseIntrospector,
  type Dialect,
  type DialectAdapter,
  type Driver,
  type Kysely,
  PostgresDialect,
  type QueryCompiler,
} from 'kysely'
import { adminNoPool } from '../errors/application.ts'
import { registerOrigin } from './origin.ts'
import { SequentialDriver } from './sequential/sequential-driver.ts'
import { sessionsByBackend } from './sequential/sessions.ts'
import type { TenantConnection } from './tenant-connection.ts'
import {
  checkDialectConfig,
  isWrapper,
  type TenantDialectConfig,
  type TenantPoolConfig,
  type TenantWrapperConfig,
} from './tenant-dialect-config.ts'
import { TenantDriver } from './tenant-driver.ts'

/**
 * A PostgreSQL dialect where every statement carries the tenant of its scope and leaves nothing behind
 * on the pooled connection: over a pool of pg in the same network round trip, around another dialect in
 * a transaction of its own.
 *
 * Errors of a statement: `TENANT.MISSING` outside a scope, `TENANT.MISMATCH`, `TENANT.VIOLATION`,
 * `SCOPE.ENDED`, `POOL.EXHAUSTED`, `ADMIN.NO_POOL`; on the first one of a pool `ROLE.BYPASSES_RLS`,
 * `SETTING.HAS_DEFAULT` and `DIALECT.UNSUPPORTED_POOL`; around another dialect
 * `CONNECTION.IN_DOUBT`; with the strategy `'session'`
 * `POOLER.DETECTED` and `SESSION.CHANGED`. The constructor throws `CONFIG.INVALID`.
 *
 * @example
 * ```ts
 * const db = new Kysely<Database>({
 *   dialect: new TenantDialect({ tenancy, pool: new Pool({ connectionString }), cursor: Cursor }),
 *   plugins: [new TenantPlugin({ tenancy })],
 * })
 * ```
 */
export class TenantDialect implements Dialect {
  readonly #config: TenantDialectConfig
  readonly #dialect: Dialect
  readonly #driver: Driver

  constructor(config: TenantDialectConfig) {
    checkDialectConfig(config)
    this.#config = config
    this.#dialect = isWrapper(config) ? config.dialect : new PostgresDialect(config)
    this.#driver = isWrapper(config) ? wrappingDriver(config) : leasingDriver(config)
  }

  createDriver(): Driver {
    return this.#driver
  }

  createQueryCompiler(): QueryCompiler {
    return this.#dialect.createQueryCompiler()
  }

  createAdapter(): DialectAdapter {
    const adapter = this.#dialect.createAdapter()
    // The driver takes turns itself where there is one connection.
    Object.defineProperty(adapter, 'supportsMultipleConnections', { value: true })
    return registerOrigin(adapter, {
      dialect: this,
      driver: this.#driver,
      tenancy: this.#config.tenancy,
    })
  }

  createIntrospector(db: Kysely<unknown>): DatabaseIntrospector {
    return this.#dialect.createIntrospector(db)
  }
}

function leasingDriver(config: TenantPoolConfig): Driver {
  const driver = new TenantDriver(config)
  if (config.strategy !== 'sequential') return driver
  // The leases below check the login, and end a connection that is in doubt.
  return new SequentialDriver({
    ...{ tenancy: config.tenancy, guard: 'off', destroysInDoubt: true, hasOneConnection: false },
    drivers: [driver],
    driverOf: () => driver,
    sessionsOf(connection) {
      const { lease } = connection as TenantConnection
      return {
        expected: lease.session,
        lookAfterThemselves: true,
        of: () => lease.session,
        setUp: (body) => lease.setUp(body),
      }
    },
  })
}

function wrappingDriver({ tenancy, dialect, adminDialect, guard }: TenantWrapperConfig): Driver {
  const tenant = dialect.createDriver()
  const admin = adminDialect?.createDriver()
  const sessions = { tenant: sessionsByBackend(), admin: sessionsByBackend() }
  return new SequentialDriver({
    ...{ tenancy, guard: guard ?? 'error', destroysInDoubt: false },
    hasOneConnection: dialect.createAdapter().supportsMultipleConnections === false,
    drivers: admin ? [tenant, admin] : [tenant],
    driverOf({ kind }) {
      if (kind !== 'admin') return tenant
      if (!admin) throw adminNoPool()
      return admin
    },
    sessionsOf: (_, { kind }) => (kind === 'admin' ? sessions.admin : sessions.tenant),
  })
}

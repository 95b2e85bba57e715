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
import { registerDialect, registerOrigin } from './origin.ts'
import { TenantQueryCompiler } from './plugin/late-predicate.ts'
import { PoolUsers } from './pool-users.ts'
import { SequentialDriver } from './sequential/sequential-driver.ts'
import { sessionsByBackend } from './sequential/sessions.ts'
import { Turns } from './sequential/turns.ts'
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
 * A PostgreSQL dialect where every statement carries the tenant of its scope and leaves no trace on
 * the pooled connection: over a pool of pg in the same network round trip, around another dialect
 * in a transaction of its own.
 *
 * Errors of a statement: `TENANT.MISSING` outside a scope, `TENANT.MISMATCH`, `TENANT.VIOLATION`,
 * `SCOPE.ENDED`, `POOL.EXHAUSTED`, `ADMIN.NO_POOL`; on the first one of a pool `ROLE.BYPASSES_RLS`,
 * `SETTING.HAS_DEFAULT` and `DIALECT.UNSUPPORTED_POOL`; around another dialect
 * `CONNECTION.IN_DOUBT`; with the strategy `'session'` `POOLER.DETECTED` and `SESSION.CHANGED`. The
 * constructor throws `CONFIG.INVALID`.
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
  readonly #createDriver: () => Driver

  constructor(config: TenantDialectConfig) {
    checkDialectConfig(config)
    this.#config = config
    registerDialect(config.tenancy)
    this.#dialect = isWrapper(config) ? config.dialect : new PostgresDialect(config)
    this.#createDriver = isWrapper(config) ? wrappingDrivers(config) : leasingDrivers(config)
  }

  /** A new one for each Kysely: it opens pools of its own where they are functions. */
  createDriver(): Driver {
    return this.#createDriver()
  }

  createQueryCompiler(): QueryCompiler {
    return new TenantQueryCompiler(this.#dialect.createQueryCompiler())
  }

  createAdapter(): DialectAdapter {
    const adapter = this.#dialect.createAdapter()
    // The driver takes turns itself where there is one connection.
    Object.defineProperty(adapter, 'supportsMultipleConnections', { value: true })
    return registerOrigin(adapter, {
      dialect: this,
      // It only begins and ends transactions, on connections of every driver of this dialect.
      driver: this.#createDriver(),
      tenancy: this.#config.tenancy,
    })
  }

  createIntrospector(db: Kysely<unknown>): DatabaseIntrospector {
    return this.#dialect.createIntrospector(db)
  }
}

function leasingDrivers(config: TenantPoolConfig): () => Driver {
  const users = new PoolUsers()
  if (config.strategy !== 'sequential') return () => new TenantDriver(config, users)
  return () => sequentialDriver(config, new TenantDriver(config, users))
}

function sequentialDriver({ tenancy }: TenantPoolConfig, driver: Driver): Driver {
  return new SequentialDriver({
    tenancy,
    // The leases below check the login, and end a connection that is in doubt.
    guard: 'off',
    destroysInDoubt: true,
    exclusive: undefined,
    drivers: [driver],
    driverOf: () => driver,
    sessionsOf(connection) {
      const { lease } = connection as TenantConnection
      return {
        expected: lease.session,
        lookAfterThemselves: true,
        of: () => lease.session,
        async cleanUp(body) {
          try {
            await lease.setUp(body)
          } catch (error) {
            lease.destroy(error, 'not cleaned')
            throw error
          }
        },
      }
    },
  })
}

function wrappingDrivers(config: TenantWrapperConfig): () => Driver {
  const { tenancy, dialect, adminDialect, guard = 'error' } = config
  const sessions = { tenant: sessionsByBackend(), admin: sessionsByBackend() }
  const isOne = dialect.createAdapter().supportsMultipleConnections === false
  const exclusive = isOne ? new Turns() : undefined
  return () => {
    const tenant = dialect.createDriver()
    const admin = adminDialect?.createDriver()
    return new SequentialDriver({
      tenancy,
      guard,
      destroysInDoubt: false,
      exclusive,
      drivers: admin ? [tenant, admin] : [tenant],
      driverOf({ kind }) {
        if (kind !== 'admin') return tenant
        if (!admin) throw adminNoPool('adminDialect')
        return admin
      },
      sessionsOf: (_, { kind }) => (kind === 'admin' ? sessions.admin : sessions.tenant),
    })
  }
}

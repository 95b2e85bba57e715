import {
  type PostgresDialectConfig,
  PostgresDriver,
  type PostgresPool,
  type PostgresPoolClient,
} from 'kysely'
import { adminNoPool, tenantMissing } from '../errors/application.ts'
import { controlClientClass } from './control-client.ts'
import type { Lease } from './lease.ts'
import { LeasePool } from './lease-pool.ts'
import type { PgPool } from './pg-client.ts'
import { type Scope, scopes } from './scope.ts'
import { localStrategy } from './strategies/local.ts'
import { sessionStrategy } from './strategies/session.ts'
import { setLocalStrategy } from './strategies/set-local.ts'
import type { Strategy } from './strategies/strategy.ts'
import type { TenantPoolConfig } from './tenant-dialect-config.ts'

type HookArguments = Parameters<NonNullable<PostgresDialectConfig['onReserveConnection']>>

/** The pool that Kysely's driver sees: it hands out leases instead of clients. */
export class Pools implements PostgresPool {
  readonly #config: TenantPoolConfig
  #tenant: LeasePool | undefined
  #admin: LeasePool | undefined
  options: object = {}

  constructor(config: TenantPoolConfig) {
    this.#config = config
  }

  async open(): Promise<PostgresPool> {
    const { tenancy, pool, adminPool, guard = 'error', prepare } = this.#config
    const { config } = tenancy
    const sending = { strategy: strategyOf(this.#config), maxPrepared: prepare?.max ?? 0 }
    const tenant = (typeof pool === 'function' ? await pool() : pool) as unknown
    const admin = (typeof adminPool === 'function' ? await adminPool() : adminPool) as unknown
    this.#tenant = new LeasePool(tenant as PgPool, { ...sending, config, guard })
    if (admin) this.#admin = new LeasePool(admin as PgPool, { ...sending, config, guard: 'off' })

    // With these Kysely cancels over a connection of its own. `options` keeps a password that is not
    // enumerable, so the object itself is handed on.
    const { Client, options } = tenant as PostgresPool
    const control = this.#config.controlClient ?? Client
    return Object.assign(this, control && { Client: controlClientClass(control) }, { options })
  }

  connect(): Promise<PostgresPoolClient> {
    // Read here and never again: from now on the lease belongs to this scope.
    const scope = scopes.getStore()
    if (!scope) throw tenantMissing('A statement')
    const lease = this.#poolOf(scope).lease(scope)
    const { onCreateConnection, onReserveConnection } = this.#config
    const hasHooks = onCreateConnection || onReserveConnection
    return (hasHooks ? this.#runHooks(lease) : lease) as Promise<PostgresPoolClient>
  }

  async end(): Promise<void> {
    await Promise.all([this.#tenant?.pool.end(), this.#admin?.pool.end()])
  }

  #poolOf({ kind }: Scope): LeasePool {
    const pool = kind === 'admin' ? this.#admin : this.#tenant
    if (!pool) throw adminNoPool()
    return pool
  }

  /** Kysely's own driver would run them for each lease, and lose the client when one throws. */
  async #runHooks(leased: Promise<Lease>): Promise<Lease> {
    const lease = await leased
    const { onCreateConnection, onReserveConnection } = this.#config
    const single = { connect: async () => lease as PostgresPoolClient, end: nothing, options: {} }
    const driver = new PostgresDriver({ pool: single })
    try {
      await driver.init()
      const connection: HookArguments[0] = await driver.acquireConnection()
      if (lease.claimCreation()) await onCreateConnection?.(connection)
      await onReserveConnection?.(connection)
      return lease
    } catch (error) {
      lease.destroy(error)
      throw error
    }
  }
}

async function nothing(): Promise<void> {}

function strategyOf({ tenancy, strategy = 'local', ...options }: TenantPoolConfig): Strategy {
  const { setting } = tenancy.config
  switch (strategy) {
    case 'local':
      return localStrategy(setting)
    case 'set-local':
      return setLocalStrategy(setting)
    case 'session':
      return sessionStrategy(setting, options)
    case 'sequential':
      // Its units come from the driver around this one.
      return { name: strategy }
  }
}

import type { Driver, PostgresPool } from 'kysely'
import { adminNoPool, dialectUnsupportedPool, tenantMissing } from '../errors/application.ts'
import { hookTimedOut } from '../errors/connection.ts'
import { controlClientClass } from '../runtime/control-client.ts'
import type { Guard } from '../runtime/guard.ts'
import { LeasePool } from '../runtime/lease-pool.ts'
import type { PgPool } from '../runtime/pg-client.ts'
import { scopes } from '../runtime/scope.ts'
import { chooseStrategy } from '../runtime/strategies/choose-strategy.ts'
import { within } from '../util/within.ts'
import type { PoolUsers } from './pool-users.ts'
import { type KyselyOptions, TenantConnection } from './tenant-connection.ts'
import { isPool, type TenantPoolConfig } from './tenant-dialect-config.ts'

type AcquireOptions = Parameters<Driver['acquireConnection']>

/** The pools of a dialect: whose connections a scope gets. */
export class Pools {
  readonly #config: TenantPoolConfig
  #tenant: LeasePool<TenantConnection> | undefined
  #admin: LeasePool<TenantConnection> | undefined
  readonly #users: PoolUsers
  #opened: { readonly pool: PostgresPool; readonly leases: LeasePool<TenantConnection> }[] = []

  constructor(config: TenantPoolConfig, users: PoolUsers) {
    this.#config = config
    this.#users = users
  }

  async open(): Promise<void> {
    const { pool, adminPool, guard = 'error' } = this.#config
    this.#opened = []
    this.#tenant = this.#leasesOf(typeof pool === 'function' ? await pool() : pool, guard)
    const admin = typeof adminPool === 'function' ? await adminPool() : adminPool
    if (admin) this.#admin = this.#leasesOf(admin, 'off')
    for (const { pool } of this.#opened) this.#users.enter(pool)
  }

  /** @throws `TENANT.MISSING`, `ADMIN.NO_POOL`, and what `LeasePool.connect` throws */
  acquire(options: AcquireOptions): Promise<TenantConnection> {
    // Read here and never again: from now on the lease belongs to this scope.
    const scope = scopes.getStore()
    if (!scope) return Promise.reject(tenantMissing('A statement'))
    const pool = scope.kind === 'admin' ? this.#admin : this.#tenant
    if (!pool) return Promise.reject(adminNoPool('adminPool'))
    const connecting = pool.connect(scope)
    const { onCreateConnection, onReserveConnection } = this.#config
    const hasHooks = onCreateConnection || onReserveConnection
    return hasHooks ? this.#runHooks(connecting, options, pool.limit) : connecting
  }

  async end(): Promise<void> {
    // Another Kysely over the same dialect may still use them.
    const last = this.#opened.filter(({ pool }) => this.#users.leave(pool))
    await Promise.all(last.map(({ leases }) => leases.end()))
  }

  #leasesOf(pool: PostgresPool, guard: Guard): LeasePool<TenantConnection> {
    if (!isPool(pool)) throw dialectUnsupportedPool('its function resolves to no Pool of pg')
    const { tenancy, strategy, prepare, reset, cursor, controlClient = pool.Client } = this.#config
    // `options` keeps a password that is not enumerable, so the object itself is handed on.
    const kysely: KyselyOptions = {
      options: pool.options,
      ...(cursor && { cursor }),
      ...(controlClient && { Client: controlClientClass(controlClient) }),
    }
    // Kysely's type of a pool is narrower than what is looked at; the first client is checked by shape.
    const leases = new LeasePool(pool as unknown as PgPool, {
      guard,
      config: tenancy.config,
      strategy: chooseStrategy(tenancy.config.setting, this.#config),
      // The transactions of the driver around this one cannot be sent again.
      prepare: strategy === 'sequential' ? false : (prepare ?? 'auto'),
      reset,
      connectionOf: (lease) => new TenantConnection(lease, kysely),
    })
    this.#opened.push({ pool, leases })
    return leases
  }

  /** For each lease; the client is not lost when one throws, as it is with Kysely's own driver. */
  async #runHooks(
    connecting: Promise<TenantConnection>,
    options: AcquireOptions,
    limit: number | undefined,
  ): Promise<TenantConnection> {
    const connection = await connecting
    const { onCreateConnection, onReserveConnection } = this.#config
    const { lease } = connection
    try {
      const settingUp = lease.setUp(async () => {
        if (lease.claimCreation()) await onCreateConnection?.(connection, ...options)
        await onReserveConnection?.(connection, ...options)
      })
      if (limit && !(await within(settingUp, limit))) throw hookTimedOut(limit)
      await settingUp
      return connection
    } catch (error) {
      lease.destroy(error, 'hook failed')
      throw error
    }
  }
}

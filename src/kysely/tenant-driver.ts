import { CompiledQuery, type DatabaseConnection, type Driver, PostgresDriver } from 'kysely'
import type { PoolUsers } from './pool-users.ts'
import { Pools } from './pools.ts'
import type { TenantConnection } from './tenant-connection.ts'
import type { TenantPoolConfig } from './tenant-dialect-config.ts'

const RELEASED = Promise.resolve()

/** Begin, commit and savepoints stay Kysely's: only the connections are others. */
export class TenantDriver extends PostgresDriver {
  readonly #pools: Pools

  constructor(config: TenantPoolConfig, users: PoolUsers) {
    super(config)
    this.#pools = new Pools(config, users)
  }

  override init(): Promise<void> {
    return this.#pools.open()
  }

  override acquireConnection(
    ...options: Parameters<Driver['acquireConnection']>
  ): Promise<DatabaseConnection> {
    return this.#pools.acquire(options)
  }

  override releaseConnection(connection: DatabaseConnection): Promise<void> {
    const { lease } = connection as TenantConnection
    lease.release()
    return RELEASED
  }

  /** Kysely's own marks connections of its own where this fails. */
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('rollback'))
  }

  override destroy(): Promise<void> {
    return this.#pools.end()
  }
}

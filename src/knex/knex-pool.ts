import { dialectUnsupportedPool } from '../errors/application.ts'
import type { TenancyError } from '../errors/tenancy-error.ts'
import type { PgClient, PgPool } from '../runtime/pg-client.ts'
import type { KnexClient } from './knex-shapes.ts'

export function withoutPool(): TenancyError {
  return dialectUnsupportedPool(
    'this Knex has none, since it was destroyed, or has no `connection` or a `pool.max` of 0',
    'Use an instance with a `connection` and a pool, and none after its `destroy()`.',
  )
}

/** The clients of Knex's pool get what those of pg-pool have: a `release` that can destroy them. */
interface PooledClient extends PgClient {
  __knex__disposed?: unknown
  release: PgClient['release']
}

// Knex logs it when it removes the connection.
const DESTROYED =
  'kysely-tenants destroyed this connection, which may not be used again; the channel kysely-tenants:destroyed says why'

/**
 * The pool of a client of Knex, as the runtime sees pools. Knex goes on to make, to validate and to end
 * the connections in it.
 *
 * @param acquire Knex's own way to a connection, with its time-out
 */
export function knexPool(client: KnexClient, acquire: () => Promise<unknown>): PgPool {
  return {
    get idleCount() {
      return client.pool?.numFree?.() ?? 0
    },
    get waitingCount() {
      return client.pool?.numPendingAcquires?.() ?? 0
    },
    async connect() {
      const { pool } = client
      if (!pool) throw withoutPool()
      const pooled = (await acquire()) as PooledClient
      // A pool of pg that Knex was given has clients that can do it already.
      pooled.release ??= (reason) => {
        if (reason) pooled.__knex__disposed = reason === true ? new Error(DESTROYED) : reason
        pool.release(pooled)
      }
      return pooled
    },
    // Its end is that of the instance of Knex.
    end: async () => undefined,
  }
}

import { ignoreErrors } from './client-state.ts'
import type { PgClient, PgPool } from './pg-client.ts'

const watches = new WeakMap<PgPool, PoolWatch>()

/** The watch of a pool: one for all that share it, so that a dialect more adds no listener. */
export function watchPool(pool: PgPool): PoolWatch {
  let watch = watches.get(pool)
  if (!watch) {
    watch = new PoolWatch(pool)
    watches.set(pool, watch)
  }
  return watch
}

/** Tells the clients of a pool that were used before the runtime got them, by the events of the pool. */
export class PoolWatch {
  // Undefined where the pool tells of none.
  readonly #unused: WeakSet<PgClient> | undefined
  readonly #pool: PgPool
  #connected: number

  constructor(pool: PgPool) {
    this.#pool = pool
    this.#connected = pool.totalCount ?? 0
    if (!pool.on) return
    const unused = new WeakSet<PgClient>()
    this.#unused = unused
    // A backend that dies while its client is idle would end the process; the pool has dropped the client.
    pool.on('error', () => undefined)
    pool.on('connect', (client) => {
      // A backend can die with its first answer, before `connect` has handed the client out.
      ignoreErrors(client)
      unused.add(client)
      this.#connected++
    })
    pool.on('remove', () => this.#connected--)
    pool.on('release', (_, client) => unused.delete(client))
  }

  /** Does the server keep a client of the pool waiting, so that it is not the leases that take long? */
  isConnecting(): boolean {
    return (this.#pool.totalCount ?? 0) > this.#connected
  }

  /** Is the session of a client, at its first lease, as it was created? */
  isUnused(client: PgClient): boolean {
    return this.#unused?.has(client) ?? true
  }
}

import { dialectUnsupportedPool } from '../errors.ts'
import { clientState, destroyClient, isIdle } from './client-state.ts'
import { checkLogin, type Guard } from './guard.ts'
import { Lease } from './lease.ts'
import { type PgClient, type PgPool, unsupported } from './pg-client.ts'
import type { RuntimeConfig } from './runtime-config.ts'
import type { Scope } from './scope.ts'
import type { Strategy } from './strategies/strategy.ts'

interface LeasePoolOptions {
  readonly config: RuntimeConfig
  readonly strategy: Strategy
  readonly guard: Guard
}

/** Hands out leases on the clients of a pg pool. */
export class LeasePool {
  readonly pool: PgPool
  readonly #config: RuntimeConfig
  readonly #strategy: Strategy
  readonly #guard: Guard
  #checking: Promise<void> | undefined
  #isChecked = false

  constructor(pool: PgPool, { config, strategy, guard }: LeasePoolOptions) {
    this.pool = pool
    this.#config = config
    this.#strategy = strategy
    this.#guard = guard
    // A backend that dies while its client is idle would end the process; the pool has dropped the client.
    pool.on?.('error', () => undefined)
  }

  /** @throws what the pool or the guard throws; no client is lost */
  async lease(scope: Scope): Promise<Lease> {
    // Ends: a destroyed client is replaced by a new one, and a new one is idle.
    for (;;) {
      const client = await this.pool.connect()
      if (!this.#isChecked) await this.#check(client)
      if (isIdle(client, clientState(client))) return new Lease(client, scope, this.#strategy)
      destroyClient(client)
    }
  }

  async #check(client: PgClient): Promise<void> {
    const problem = unsupported(client)
    if (problem) {
      client.release(true)
      throw dialectUnsupportedPool(problem)
    }
    try {
      this.#checking ??= checkLogin(client, this.#config, this.#guard)
      await this.#checking
      this.#isChecked = true
    } catch (error) {
      // The next statement asks again.
      this.#checking = undefined
      destroyClient(client, error)
      throw error
    }
  }
}

import { dialectUnsupportedPool } from '../errors/application.ts'
import { clientState, destroyClient, ignoreErrors, isIdle } from './client-state.ts'
import { type Ask, checkLogin, type Guard } from './guard.ts'
import { Lease } from './lease.ts'
import { OpenLeases } from './open-leases.ts'
import { type PgClient, type PgPool, unsupported } from './pg-client.ts'
import type { RuntimeConfig } from './runtime-config.ts'
import type { Scope } from './scope.ts'
import type { SenderOptions } from './sender.ts'

interface LeasePoolOptions extends SenderOptions {
  readonly config: RuntimeConfig
  readonly guard: Guard
}

/** Hands out leases on the clients of a pg pool. */
export class LeasePool {
  readonly pool: PgPool
  readonly #config: RuntimeConfig
  readonly #options: SenderOptions
  readonly #guard: Guard
  readonly #leases = new OpenLeases({ isPool: true })
  #checking: Promise<void> | undefined
  #isChecked = false

  constructor(pool: PgPool, { config, guard, ...options }: LeasePoolOptions) {
    this.pool = pool
    this.#config = config
    this.#options = options
    this.#guard = guard
    // A backend that dies while its client is idle would end the process; the pool has dropped the client.
    pool.on?.('error', () => undefined)
    // A backend can die with its first answer, before `connect` has handed the client out.
    pool.on?.('connect', ignoreErrors)
  }

  /** @throws `POOL.EXHAUSTED`, and what the pool or the guard throws; no client is lost */
  lease(scope: Scope): Promise<Lease> {
    const connecting = this.pool.connect()
    const { waitingCount = 0, idleCount = 0 } = this.pool
    const connected = waitingCount > idleCount ? this.#leases.wait(connecting, scope) : connecting
    return connected.then((client) => {
      const isUsual = this.#isChecked && !this.#options.strategy.session
      return isUsual && isIdle(client) ? this.#open(client, scope) : this.#enter(client, scope)
    })
  }

  /** With all that the first and the unusual lease of a client takes. */
  async #enter(client: PgClient, scope: Scope): Promise<Lease> {
    if (!this.#isChecked) await this.#check(client)
    if (!isIdle(client)) {
      destroyClient(client)
      // Ends: the pool makes a new client for a destroyed one, and a new one is idle.
      return this.lease(scope)
    }
    const lease = this.#open(client, scope)
    if (this.#options.strategy.session) await lease.enter()
    return lease
  }

  #open(client: PgClient, scope: Scope): Lease {
    return new Lease(client, clientState(client), scope, this.#options, this.#leases)
  }

  async #check(client: PgClient): Promise<void> {
    const problem = unsupported(client)
    if (problem) {
      client.release(true)
      throw dialectUnsupportedPool(problem)
    }
    // Watched from here on: an error that nobody listens to would end the process.
    clientState(client)
    try {
      const ask: Ask = async <Row>(text: string, values: readonly unknown[]) =>
        (await client.query<Row>(text, values)).rows
      this.#checking ??= checkLogin(ask, this.#config, this.#guard)
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

import { dialectUnsupportedPool } from '../errors/application.ts'
import { clientState, destroyClient, ignoreErrors, isIdle } from './client-state.ts'
import { type Ask, checkLogin, type Guard } from './guard.ts'
import { Lease } from './lease.ts'
import { OpenLeases, type Waiter } from './open-leases.ts'
import { type PgClient, type PgPool, unsupported } from './pg-client.ts'
import type { RuntimeConfig } from './runtime-config.ts'
import type { Scope } from './scope.ts'
import { Sender, type SenderOptions } from './sender.ts'

export interface LeasePoolOptions<C> extends SenderOptions {
  readonly config: RuntimeConfig
  readonly guard: Guard
  /** Makes the connection of a query builder; called at once, since a promise more would cost. */
  readonly connectionOf: (lease: Lease, client: PgClient) => C
}

type Take = (client: PgClient) => void
type Fail = (error: unknown) => void

/** Hands out leases on the clients of a pg pool, as the connections `C` of a query builder. */
export class LeasePool<C> {
  readonly #pool: PgPool
  readonly #options: LeasePoolOptions<C>
  readonly #sender: Sender
  readonly #leases = new OpenLeases({ isPool: true })
  #checking: Promise<void> | undefined
  #isChecked = false
  #hasEnded = false

  constructor(pool: PgPool, options: LeasePoolOptions<C>) {
    this.#pool = pool
    this.#options = options
    this.#sender = new Sender(options)
    // A backend that dies while its client is idle would end the process; the pool has dropped the client.
    pool.on?.('error', () => undefined)
    // A backend can die with its first answer, before `connect` has handed the client out.
    pool.on?.('connect', ignoreErrors)
  }

  /** @throws `POOL.EXHAUSTED`, and what the pool or the guard throws; no client is lost */
  connect(scope: Scope): Promise<C> {
    const isUsual = this.#isChecked && !this.#options.strategy.session
    return isUsual ? this.#lease(scope) : this.#enter(scope)
  }

  async end(): Promise<void> {
    this.#hasEnded = true
    await this.#pool.end()
  }

  #lease(scope: Scope): Promise<C> {
    return new Promise((resolve, reject) => {
      const take = (client: PgClient) => {
        if (isIdle(client))
          return resolve(this.#options.connectionOf(this.#open(client, scope), client))
        destroyClient(client)
        // Ends: the pool makes a new client for a destroyed one, and a new one is idle.
        resolve(this.#lease(scope))
      }
      this.#checkOut(scope, take, reject)
    })
  }

  /** With all that the first lease of a pool takes, and every one where the session has the tenant. */
  async #enter(scope: Scope): Promise<C> {
    const client = await new Promise<PgClient>((resolve, reject) =>
      this.#checkOut(scope, resolve, reject),
    )
    if (!this.#isChecked) await this.#check(client)
    if (!isIdle(client)) {
      destroyClient(client)
      return this.#enter(scope)
    }
    const lease = this.#open(client, scope)
    await lease.enter()
    return this.#options.connectionOf(lease, client)
  }

  #open(client: PgClient, scope: Scope): Lease {
    return new Lease(clientState(client), scope, this.#sender, this.#leases)
  }

  /** By callback where the pool takes one, since AsyncLocalStorage follows every promise. */
  #checkOut(scope: Scope, take: Take, fail: Fail): void {
    let isDone = false
    let waiter: Waiter | undefined
    const done = (error: unknown, client?: PgClient) => {
      // A pool that wraps another may do both: call back, and return a promise of nothing.
      if (isDone || !(client || error)) return
      isDone = true
      if (waiter) this.#leases.served(waiter)
      if (!client) fail(waiter ? this.#leases.explain(error, waiter) : error)
      else if (this.#hasEnded) this.#refuse(client, fail)
      else take(client)
    }
    const connecting = this.#pool.connect(done)
    connecting?.then((client) => done(undefined, client), done)
    const { waitingCount = 0, idleCount = 0 } = this.#pool
    if (!isDone && waitingCount > idleCount) waiter = this.#leases.wait(scope)
  }

  #refuse(client: PgClient, fail: Fail): void {
    client.release()
    fail(new Error('driver has already been destroyed'))
  }

  async #check(client: PgClient): Promise<void> {
    const problem = unsupported(client)
    if (problem) {
      client.release(true)
      throw dialectUnsupportedPool(problem)
    }
    // Watched from here on: an error that nobody listens to would end the process.
    clientState(client)
    const { config, guard } = this.#options
    try {
      const ask: Ask = async <Row>(text: string, values: readonly unknown[]) =>
        (await client.query<Row>(text, values)).rows
      this.#checking ??= checkLogin(ask, config, guard)
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

import { dialectUnsupportedPool } from '../errors/application.ts'
import { type Unfit, unfitness } from './admission.ts'
import { clientState, destroyClient, isIdle } from './client-state.ts'
import { checkLogin, type Guard, type RunQuery } from './guard.ts'
import { Lease } from './lease.ts'
import { OpenLeases, type Waiter } from './open-leases.ts'
import { type PgClient, type PgPool, unsupported } from './pg-client.ts'
import { type PoolWatch, watchPool } from './pool-watch.ts'
import type { Scope } from './scope.ts'
import { Sender, type SenderOptions } from './sender.ts'

export interface LeasePoolOptions<C> extends SenderOptions {
  readonly guard: Guard
  /** Makes the connection of a query builder; called at once, since a promise more would cost. */
  readonly connectionOf: (lease: Lease, client: PgClient) => C
}

/** Where the pool sets no limit to waiting. */
const PATIENCE_MS = 5000

type Take = (client: PgClient) => void
type Fail = (error: unknown) => void

/** Hands out leases on the clients of a pg pool, as the connections `C` of a query builder. */
export class LeasePool<C> {
  readonly #pool: PgPool
  readonly #options: LeasePoolOptions<C>
  readonly #sender: Sender
  readonly #watch: PoolWatch
  readonly #leases = new OpenLeases({ isPool: true })
  #checking: Promise<void> | undefined
  #isChecked = false
  #hasEnded = false

  constructor(pool: PgPool, options: LeasePoolOptions<C>) {
    this.#pool = pool
    this.#options = options
    this.#sender = new Sender(options)
    this.#watch = watchPool(pool)
  }

  /**
   * @throws `POOL.EXHAUSTED`, `CONNECTION.BUSY`, `CONNECTION.IN_TRANSACTION`, and what the pool or the
   * guard throws; no client is lost
   */
  connect(scope: Scope): Promise<C> {
    return new Promise((resolve, reject) => {
      const start = performance.now()
      const take = (client: PgClient) => {
        if (this.#isUsual(client)) resolve(this.#connection(this.#open(client, scope), client))
        else this.#admit(client, scope, start).then(resolve, reject)
      }
      this.#checkOut(scope, take, reject)
    })
  }

  /** How long a scope may wait for a connection, in ms; 0 or undefined where the pool sets no limit. */
  get limit(): number | undefined {
    return this.#pool.options?.connectionTimeoutMillis
  }

  async end(): Promise<void> {
    this.#hasEnded = true
    await this.#pool.end()
  }

  /** The first lease of a client is not: its hooks have not been answered. */
  #isUsual(client: PgClient): boolean {
    if (!this.#isChecked || this.#options.strategy.session) return false
    return isIdle(client) && clientState(client).baseline !== undefined
  }

  /** With all that the first lease of a pool or of a client takes, and that of one in an unusual state. */
  async #admit(client: PgClient, scope: Scope, start: number): Promise<C> {
    const fit = await this.#fit(client, scope, start)
    if (!this.#isChecked) await this.#check(fit, scope)
    const lease = this.#open(fit, scope)
    await lease.enter()
    return this.#connection(lease, fit)
  }

  /** The client, or the first one of the pool that can be leased. */
  async #fit(first: PgClient, scope: Scope, start: number): Promise<PgClient> {
    let client = first
    let failures = 0
    for (;;) {
      this.#assertSupported(client)
      const isUnused = this.#watch.isUnused(client)
      const unfit = await unfitness(clientState(client), isUnused, this.#patience(start))
      if (!unfit) return client
      this.#destroy(client, scope, unfit)
      // Those that others have spoiled come to an end; a hook spoils every new one.
      if (isUnused || unfit.reason === 'busy') failures++
      if (failures > 1) throw unfit.error
      client = await new Promise((resolve, reject) => this.#checkOut(scope, resolve, reject))
    }
  }

  /** How long a client may go on with statements of other code, in ms: two of them in the time there is. */
  #patience(start: number): number {
    const { limit } = this
    return limit ? (limit - (performance.now() - start)) / 2 : PATIENCE_MS
  }

  #connection(lease: Lease, client: PgClient): C {
    return this.#options.connectionOf(lease, client)
  }

  #destroy(client: PgClient, scope: Scope, { reason, error }: Unfit): void {
    this.#leases.destroyed(scope, reason, error)
    destroyClient(client, error)
  }

  #open(client: PgClient, scope: Scope): Lease {
    return new Lease(clientState(client), scope, this.#sender, this.#leases)
  }

  /** By callback where the pool takes one, since AsyncLocalStorage follows every promise. */
  #checkOut(scope: Scope, take: Take, fail: Fail): void {
    let isDone = false
    let waiter: Waiter | undefined
    const done = (error: unknown, client?: PgClient) => {
      // A pool that wraps another may do both: call back, and return a promise without a client.
      if (isDone || !(client || error)) return
      isDone = true
      if (waiter) this.#leases.stopWaiting(waiter)
      if (!client) fail(this.#explain(error, waiter))
      else if (this.#hasEnded) this.#refuse(client, fail)
      else take(client)
    }
    const connecting = this.#pool.connect(done)
    connecting?.then((client) => done(undefined, client), done)
    const { waitingCount = 0, idleCount = 0 } = this.#pool
    if (!isDone && waitingCount > idleCount) waiter = this.#leases.wait(scope)
  }

  #explain(error: unknown, waiter: Waiter | undefined): unknown {
    // Of a server that is slow to accept connections the pool's own error tells the truth.
    if (!waiter || this.#watch.isConnecting()) return error
    return this.#leases.explain(error, waiter)
  }

  #refuse(client: PgClient, fail: Fail): void {
    client.release()
    fail(new Error('driver has already been destroyed'))
  }

  #assertSupported(client: PgClient): void {
    if (this.#isChecked) return
    const problem = unsupported(client)
    if (!problem) return
    client.release(true)
    throw dialectUnsupportedPool(problem)
  }

  async #check(client: PgClient, scope: Scope): Promise<void> {
    const { config, guard } = this.#options
    try {
      const query: RunQuery = async <Row>(text: string, values: readonly unknown[]) =>
        (await client.query<Row>(text, values)).rows
      this.#checking ??= checkLogin(query, config, guard)
      await this.#checking
      this.#isChecked = true
    } catch (error) {
      // The next statement asks again.
      this.#checking = undefined
      this.#destroy(client, scope, { reason: 'login refused', error })
      throw error
    }
  }
}

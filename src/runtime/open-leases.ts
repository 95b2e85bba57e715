import { type PoolUse, poolExhausted } from '../errors/pool-exhausted.ts'
import {
  type DestroyReason,
  type LeaseUse,
  publishDestroyed,
  publishStream,
  publishWaiting,
} from './channels.ts'
import { describeScope, type Scope } from './scope.ts'

/** A client that is in use. */
export interface OpenLease {
  readonly scope: Scope
  /** By the clock of `performance.now()`. */
  readonly since: number
  readonly use: LeaseUse
  /** It will not end by itself: no statement of it runs, or a stream waits for its reader. */
  readonly isIdle: boolean
  /** Its position among those that are open. */
  index: number
}

/** A scope that waits for a client. */
export interface Waiter {
  readonly scope: Scope
  readonly since: number
  isReported: boolean
}

/** Report a statement after it has waited this long. */
const PATIENCE_MS = 1000

/** The leases on the clients of a pool, and the scopes that wait for one. */
export class OpenLeases {
  readonly #open: OpenLease[] = []
  readonly #waiters = new Set<Waiter>()
  readonly #isPool: boolean
  #timer: NodeJS.Timeout | undefined
  #streams = 0
  #destroyed = 0
  #hasWarned = false

  /** `isPool`: there are several clients, and waiting can have a limit. */
  constructor({ isPool }: { readonly isPool: boolean }) {
    this.#isPool = isPool
  }

  add(lease: OpenLease): void {
    lease.index = this.#open.push(lease) - 1
  }

  delete(lease: OpenLease): void {
    const last = this.#open.pop()
    if (!last || last === lease) return
    last.index = lease.index
    this.#open[lease.index] = last
  }

  streamOpened(scope: Scope): void {
    publishStream(scope, ++this.#streams)
  }

  streamEnded(scope: Scope): void {
    publishStream(scope, --this.#streams)
  }

  /** A client of the pool is destroyed. */
  destroyed(scope: Scope, reason: DestroyReason, error: unknown): void {
    publishDestroyed({ scope, reason, error, count: ++this.#destroyed })
  }

  /** A scope begins to wait for a client, until it stops. */
  wait(scope: Scope): Waiter {
    const waiter = { scope, since: performance.now(), isReported: false }
    this.#waiters.add(waiter)
    this.#watch(PATIENCE_MS)
    return waiter
  }

  stopWaiting(waiter: Waiter): void {
    this.#waiters.delete(waiter)
  }

  /** `POOL.EXHAUSTED` when the pool gave up; any other error as it is. */
  explain(error: unknown, waiter: Waiter): unknown {
    return isTimeout(error) ? poolExhausted(this.#useFor(waiter), error) : error
  }

  /** With one timer for all: under load nearly every statement waits a moment. */
  #watch(ms: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      const now = performance.now()
      // The first of them has waited longest.
      for (const waiter of this.#waiters) {
        if (waiter.isReported) continue
        const left = waiter.since + PATIENCE_MS - now
        if (left > 0) return this.#watch(left)
        waiter.isReported = true
        this.#report(waiter)
      }
    }, ms).unref()
  }

  #report(waiter: Waiter): void {
    const now = performance.now()
    publishWaiting({
      scope: waiter.scope,
      waitedMs: now - waiter.since,
      leases: this.#oldest().map(({ scope, use, since }) => ({ scope, use, heldMs: now - since })),
    })
    if (this.#hasWarned || !this.#isStuck(waiter)) return
    this.#hasWarned = true
    const { code, message, hint } = poolExhausted(this.#useFor(waiter))
    process.emitWarning(message, { code, detail: hint })
  }

  /**
   * Does every client belong to a scope that waits for another one? It is no proof that they wait for
   * ever: a scope can do several things at a time. So no statement is refused for it.
   */
  #isStuck({ since }: Waiter): boolean {
    const waiting = new Set(Array.from(this.#waiters, ({ scope }) => scope))
    // Where no client is in use the server is slow to accept one.
    if (this.#open.length === 0) return false
    return this.#oldest().every(
      (lease) => lease.isIdle && lease.since < since && waiting.has(lease.scope),
    )
  }

  #oldest(): OpenLease[] {
    return [...this.#open].sort((a, b) => a.since - b.since)
  }

  #useFor({ scope, since }: Waiter): PoolUse {
    const now = performance.now()
    const leases = this.#oldest()
    return {
      isPool: this.#isPool,
      who: describeScope(scope),
      waited: seconds(now - since),
      own: leases.filter((lease) => lease.scope === scope).length,
      leases: leases.map((lease) => ({
        use: lease.use,
        scope: nameFor(scope, lease.scope),
        held: seconds(now - lease.since),
      })),
    }
  }
}

/** The message may reach a user, so it names no other tenant. */
function nameFor(reader: Scope, scope: Scope): string {
  const isForeign = scope.kind === 'tenant' && scope.tenant !== reader.tenant
  return isForeign ? 'another tenant' : describeScope(scope)
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}

// pg-pool gives it neither a code nor a class; every copy of Knex has a class of its own.
function isTimeout(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return (
    error.message === 'timeout exceeded when trying to connect' || error.name === 'KnexTimeoutError'
  )
}

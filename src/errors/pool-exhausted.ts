import { lines } from './message.ts'
import { TenancyError } from './tenancy-error.ts'

/** The use of a pool while a statement waits for one of its clients. */
export interface PoolUse {
  /** A pool of pg: it has several clients, and waiting can have a limit. */
  readonly isPool: boolean
  readonly who: string
  readonly waited: string
  /** How many of the clients `who` holds. */
  readonly own: number
  /** The oldest first. `scope` names no other tenant: the message may reach a user. */
  readonly leases: readonly {
    readonly use: string
    readonly scope: string
    readonly held: string
  }[]
}

/** `cause` is the error of the pool when it gave up. Without it every scope is still waiting. */
export function poolExhausted(use: PoolUse, cause?: unknown): TenancyError {
  const { isPool, who, waited, own, leases } = use
  const streams = leases.filter((lease) => lease.use === 'stream').length
  const inUse = `${leases.length} in use, ${own} of them by this scope, ${streams} by open streams`
  const problem =
    cause === undefined
      ? `has waited ${waited} for a client of the pool, and so has every scope that holds one: they may wait for each other without end`
      : `waited ${waited} for a client of the pool; it was not sent`
  const oldest = leases
    .slice(0, 5)
    .map((lease) => `${lease.use} of ${lease.scope} for ${lease.held}`)
  const more = leases.length > 5 ? [`and ${leases.length - 5} more`] : []
  return new TenancyError(
    'POOL.EXHAUSTED',
    lines(`A statement of ${who} ${problem}. Clients: ${inUse}.`, [...oldest, ...more]),
    [
      ...(own > 0
        ? ['Inside a transaction use the `trx` of its callback, not the Kysely around it.']
        : []),
      ...(streams > 0 ? ['Read a stream to its end, or leave it by `break` or `return()`.'] : []),
      ...(isPool ? ['Hold clients for a shorter time, or raise `max` of the pool.'] : []),
      ...(isPool && cause === undefined
        ? ['With a `connectionTimeoutMillis` the pool throws instead of waiting on.']
        : []),
    ].join(' '),
    cause === undefined ? undefined : { cause },
  )
}

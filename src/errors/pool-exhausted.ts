import { lines } from './message.ts'
import { TenancyError } from './tenancy-error.ts'

/** Why somebody gets no client of a pool. */
export interface PoolUse {
  /** There are several clients, and waiting can have a limit. */
  readonly isPool: boolean
  readonly who: string
  readonly waited: string
  /** How many of the clients `who` holds. */
  readonly own: number
  /** The eldest first. Of another tenant the scope does not say which: the message may reach a user. */
  readonly leases: readonly {
    readonly use: string
    readonly scope: string
    readonly held: string
  }[]
}

/** `cause`: what the pool said when it gave up. Without it they all still wait. */
export function poolExhausted(use: PoolUse, cause?: unknown): TenancyError {
  const { isPool, who, waited, own, leases } = use
  const streams = leases.filter((lease) => lease.use === 'stream').length
  const inUse = `${leases.length} in use, ${own} of them by this scope, ${streams} by open streams`
  const problem =
    cause === undefined
      ? `has waited ${waited} for a client of the pool, and so have all who hold one: perhaps they wait for each other, and for ever`
      : `waited ${waited} for a client of the pool; it was not sent`
  const eldest = leases
    .slice(0, 5)
    .map((lease) => `${lease.use} of ${lease.scope} for ${lease.held}`)
  const more = leases.length > 5 ? [`and ${leases.length - 5} more`] : []
  return new TenancyError(
    'POOL.EXHAUSTED',
    lines(`A statement of ${who} ${problem}. Clients: ${inUse}.`, [...eldest, ...more]),
    [
      ...(own > 0
        ? ['Inside a transaction use the `trx` of its callback, not the Kysely around it.']
        : []),
      ...(streams > 0 ? ['Read a stream to its end, or leave it by `break` or `return()`.'] : []),
      ...(isPool ? ['Hold clients for a shorter time, or give the pool a greater `max`.'] : []),
      ...(isPool && cause === undefined
        ? ['With a `connectionTimeoutMillis` of the pool this is an error.']
        : []),
    ].join(' '),
    cause === undefined ? undefined : { cause },
  )
}

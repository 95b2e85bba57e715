import { random } from './random.ts'

/** One thing that a worker does. */
export interface Operation {
  readonly index: number
  readonly kind: Kind
  readonly tenant: string
  /** Another one. */
  readonly other: string
  /** How the tenant is given: a scope, or a handle. */
  readonly via: Via
  /** In [0, 1): chooses among what is there when it happens. */
  readonly pick: number
}

export type Via = 'run' | 'handle'
export type Kind = keyof typeof CHAOS
export type Mix = Readonly<Partial<Record<Kind, number>>>

/** How often each happens, as weights. */
export const CHAOS = {
  read: 55,
  transaction: 20,
  stream: 4,
  savepoint: 5,
  'sql-error': 4,
  'callback-throws': 3,
  'without-tenant': 3,
  'raw-client': 3,
  'open-transaction': 2,
  'set-tenant': 2,
  timeout: 1.5,
  'abandoned-stream': 1.5,
  'keep-handle': 1.5,
  'use-kept-handle': 1.5,
  'write-not-awaited': 1.5,
  'commit-and-chain': 1,
  'temporary-table': 1,
  residue: 6,
  'residue-of-a-failure': 1,
  'residue-before-a-timeout': 0.5,
  look: 8,
  'terminate-backend': 1.5,
  'reset-connection': 1.5,
  'black-hole': 0.5,
} as const

/** The same without anything that goes wrong. */
export const CALM: Mix = {
  read: 55,
  transaction: 20,
  'without-tenant': 3,
  'raw-client': 3,
}

/** The same for the same seed and index, whatever else is running: a seed can be run again. */
export function operationOf(
  seed: number,
  index: number,
  { tenants, mix }: { readonly tenants: readonly string[]; readonly mix: Mix },
): Operation {
  const next = random(seed ^ Math.imul(index + 1, 0x9e3779b1))
  const own = Math.floor(next() * tenants.length)
  const step = 1 + Math.floor(next() * (tenants.length - 1))
  return {
    index,
    kind: choose(mix, next()),
    tenant: tenants[own] as string,
    other: tenants[(own + step) % tenants.length] as string,
    via: next() < 0.5 ? 'run' : 'handle',
    pick: next(),
  }
}

function choose(mix: Mix, at: number): Kind {
  const kinds = Object.entries(mix) as [Kind, number][]
  let left = at * kinds.reduce((sum, [, weight]) => sum + weight, 0)
  for (const [kind, weight] of kinds) {
    left -= weight
    if (left < 0) return kind
  }
  throw new Error('an empty mix')
}

import { randomBytes, randomInt, randomUUID } from 'node:crypto'
import type { TenantType } from '../config/tenant-setting.ts'
import type { Words } from './condition-text.ts'

/** A tenant that a row can belong to, or a statement can run for. */
export interface Tenant {
  /** null for no tenant. */
  readonly id: string | null
  readonly label: string
}

export interface Tenants {
  /** A, B, no tenant, and the tenants that the conditions name. */
  readonly owners: readonly Tenant[]
  /** The values of the tenant setting; null stands for a setting that was never set. */
  readonly settings: readonly Tenant[]
  /** The tenants A and B. */
  readonly ids: readonly Tenant[]
}

const MOST_NAMED = 4

/** Made-up ids, and the ids that a back door in a condition would name. */
export function sampleTenants(type: TenantType, { strings, numbers }: Words): Tenants {
  const [a, b] = KINDS[type].fresh()
  const ids = [
    { id: a, label: 'tenant A' },
    { id: b, label: 'tenant B' },
  ]
  const words = [...strings, ...numbers].slice(0, MOST_NAMED)
  const named = words
    .filter((word) => KINDS[type].fits(word))
    .map((id) => ({ id, label: `tenant ${id}` }))
  return {
    ids,
    owners: [...ids, ...KINDS[type].owners(a), ...named, { id: null, label: 'no tenant' }],
    settings: [
      { id: null, label: 'no tenant set' },
      { id: '', label: 'an empty tenant' },
      ...ids,
      { id: KINDS[type].malformed, label: `${KINDS[type].malformed} as its tenant` },
      ...words.map((id) => ({ id, label: `tenant ${id}` })),
    ],
  }
}

/** The words that are not tried, as the predicate of a sentence about a policy. */
export function untriedWords(type: TenantType, { strings, numbers }: Words): string[] {
  return [
    ...(strings.length + numbers.length > MOST_NAMED
      ? ['is of a table whose policies name more values than are tried']
      : []),
    // ' 7', '0x7' and '7_000' can be ids too.
    ...(KINDS[type].isNumber && strings.some((word) => /\d/.test(word) && !NUMBER.test(word))
      ? ['is of a table whose policies spell numbers in an unusual way']
      : []),
  ]
}

interface Kind {
  fresh(): readonly [string, string]
  fits(word: string): boolean
  /** More ids that a loose comparison takes for A. */
  owners(a: string): readonly Tenant[]
  readonly malformed: string
  readonly isNumber?: true
}

const NUMBER = /^-?\d+$/

const TEXT: Kind = {
  fresh: () => [`kt-a-${randomBytes(8).toString('hex')}`, `kt-b-${randomBytes(8).toString('hex')}`],
  fits: () => true,
  owners: (a) => [
    { id: a.toUpperCase(), label: 'tenant A in capitals' },
    { id: '', label: "tenant ''" },
  ],
  // No text is a malformed id; this one would be a pattern.
  malformed: '%',
}

function numeric(from: number, bits: number): Kind {
  return {
    // Larger than the ids that a counter has given out.
    fresh: () => {
      const a = randomInt(from, from + 2 ** 26)
      return [String(a), String(a + 1)]
    },
    fits: (word) => NUMBER.test(word) && BigInt.asIntN(bits, BigInt(word)) === BigInt(word),
    owners: () => [],
    malformed: 'none',
    isNumber: true,
  }
}

const KINDS: Readonly<Record<TenantType, Kind>> = {
  uuid: {
    fresh: () => [randomUUID(), randomUUID()],
    // PostgreSQL takes it with and without braces and hyphens.
    fits: (word) => /^\{?([0-9a-f]{4}-?){8}\}?$/i.test(word),
    owners: () => [],
    malformed: 'none',
  },
  text: TEXT,
  varchar: TEXT,
  integer: numeric(2_000_000_000, 32),
  bigint: numeric(2 ** 52, 64),
}

import { lookupInvalid } from '../errors/application.ts'
import { qualifiedName } from '../sql/quote.ts'
import { suggestion } from '../util/nearest.ts'
import type { RuntimeConfig } from './runtime-config.ts'

/** A config with lookups, as `defineConfig` returns it. */
export type LookupsOf<C> = C extends { readonly lookups?: infer L } ? NonNullable<L> : never

/** The names of the lookups of the config `C`. */
export type LookupName<C> = keyof LookupsOf<C> & string

/** The key of a hostname, an API key, a user. */
export type LookupKey = string | number | bigint | Uint8Array

/** Tenant ids as text, ready for `run`: one, or all of those that the key leads to. */
export type LookupResult<C, N extends LookupName<C>> = ResultOf<ManyOf<LookupsOf<C>[N]>>

type ManyOf<L> = L extends { readonly many?: infer M }
  ? 'many' extends keyof L
    ? NonNullable<M>
    : false
  : false

/** Of a config whose literals were widened it may be either. */
type ResultOf<Many> = Many extends true ? string[] : string | undefined

export interface LookupStatement {
  readonly sql: string
  readonly key: LookupKey
}

interface Send {
  readonly config: RuntimeConfig
  /** Sends the statement in the scope where it belongs, and gives its rows. */
  readonly send: (
    statement: LookupStatement,
  ) => Promise<readonly { readonly tenant: string | null }[]>
}

/** @throws `LOOKUP.INVALID` */
export async function lookUp(
  name: string,
  key: unknown,
  { config, send }: Send,
): Promise<string | string[] | undefined> {
  const lookup = config.lookups.find((each) => each.name === name)
  if (!lookup) throw lookupInvalid(unknownName(name, config))
  const sent = keyOf(name, key)
  const rows = sent === undefined ? [] : await send({ sql: textOf(lookup), key: sent })
  const tenants = rows.flatMap(({ tenant }) => (tenant === null ? [] : [tenant]))
  return lookup.many ? tenants : tenants[0]
}

// As text: whatever parsers pg has, a tenant id is what `run` takes.
function textOf(lookup: RuntimeConfig['lookups'][number]): string {
  return `select tenant::text as tenant from ${qualifiedName(lookup)}($1) as tenant`
}

/** No row has a key that is NULL, and none holds a NUL character: nothing has to be sent. */
function keyOf(name: string, key: unknown): LookupKey | undefined {
  if (key === undefined || key === null) return undefined
  if (typeof key === 'string') return key.includes('\0') ? undefined : key
  if (typeof key === 'bigint' || key instanceof Uint8Array) return key
  if (typeof key === 'number' && Number.isFinite(key)) return key
  const kind = Array.isArray(key) ? 'an array' : `a value of type ${typeof key}`
  throw lookupInvalid(
    `The key of ${name} is a string, a number, a bigint or bytes, and not ${typeof key === 'number' ? key : kind}`,
  )
}

function unknownName(name: string, { lookups }: RuntimeConfig): string {
  const names = lookups.map((lookup) => lookup.name)
  return `The config has no lookup ${name}${suggestion(name, names)}`
}

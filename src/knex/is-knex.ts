import type { Knex } from 'knex'
import type { KnexClient } from './knex-shapes.ts'

/** An instance of any copy of Knex. */
export function isKnex(value: unknown): value is Knex & { readonly client: KnexClient } {
  return (
    typeof value === 'function' &&
    'client' in value &&
    typeof (value.client as Partial<KnexClient> | undefined)?.queryCompiler === 'function'
  )
}

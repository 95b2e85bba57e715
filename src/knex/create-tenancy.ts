import type { Knex } from 'knex'
import { type LookupKey, type LookupName, type LookupResult, lookUp } from '../runtime/lookup.ts'
import type { RuntimeConfigInput } from '../runtime/runtime-config.ts'
import { createScopes, type Scopes } from '../runtime/tenancy.ts'
import type { TenantKnexClient } from './tenant-client.ts'

/** The lookups of the config `C`, over Knex. */
export interface Lookups<C> {
  /**
   * The tenant of a key, before the tenant is known: of a hostname, an API key, a user. Runs in the scope of the
   * running code, and without one too; `many: true` gives every tenant of the key. A key that is null or that no
   * row has gives undefined, or an empty list.
   *
   * @returns tenant ids as text, for `run`
   * @throws `LOOKUP.INVALID` for a name or a key that cannot be one; the error of PostgreSQL for a text that does
   * not fit the type of the column, such as a malformed uuid
   *
   * @example
   * ```ts
   * const tenant = await tenancy.lookup(db, 'tenantOfHost', 'acme.example.com')
   * ```
   */
  lookup<N extends LookupName<C>>(
    db: Knex,
    name: N,
    key: LookupKey | null | undefined,
  ): Promise<LookupResult<C, N>>
}

/**
 * The scopes of an application, and its lookups. Does no I/O.
 *
 * @param config as for `createTenancy` of `kysely-tenants`
 * @throws `CONFIG.INVALID` with every problem
 *
 * @example
 * ```ts
 * const tenancy = createTenancy({ tenant: { type: 'uuid' }, tables: { projects: {}, tasks: {} } })
 * ```
 */
export function createTenancy<const C extends RuntimeConfigInput>(config: C): Scopes & Lookups<C> {
  const scopes = createScopes(config)
  const tenancy: Scopes & Lookups<RuntimeConfigInput> = {
    ...scopes,
    lookup: (db, name, key) =>
      lookUp(name, key, {
        config: scopes.config,
        async send(statement) {
          // Knex takes every `?` for a binding.
          const sql = statement.sql.replaceAll('?', '\\?').replace('$1', '?')
          const send = () =>
            db.raw<{ rows: { tenant: string | null }[] }>(sql, [statement.key as string])
          const client = db.client as Partial<TenantKnexClient>
          const isBound = client.transacting || client.binding
          const hasScope = isBound || scopes.current() !== undefined
          return (await (hasScope ? send() : scopes.runGlobal(send))).rows
        },
      }),
  }
  return tenancy as Scopes & Lookups<C>
}

import type { Kysely, SelectType, Transaction } from 'kysely'
import type { LookupKey, LookupName, LookupResult, LookupsOf } from '../runtime/lookup.ts'
import type { Spelled } from './with-tenant.ts'

/** The lookups of the config `C`. */
export interface Lookups<C> {
  /**
   * The tenant of a key, before the tenant is known: of a hostname, an API key, a user. Runs in the scope of the
   * running code, and without one too; `many: true` gives every tenant of the key. A key that is null or that no
   * row has gives undefined, or an empty list.
   *
   * @param key of the type that the column has in `DB`
   * @returns tenant ids as text, for `run`
   * @throws `LOOKUP.INVALID` for a name or a key that cannot be one; the error of PostgreSQL for a text that does
   * not fit the type of the column, such as a malformed uuid
   *
   * @example
   * ```ts
   * const tenant = await tenancy.lookup(db, 'tenantOfHost', 'acme.example.com')
   * ```
   */
  lookup<DB, N extends LookupName<C>>(
    db: Kysely<DB> | Transaction<DB>,
    name: N,
    key: KeyOf<NoInfer<DB>, LookupsOf<C>[N]> | null | undefined,
  ): Promise<LookupResult<C, N>>
}

/** The type of the column in `DB`; a table or a column that is not in the types takes any key. */
type KeyOf<DB, L> = L extends { readonly table: infer T; readonly by: infer B }
  ? Known<ColumnOf<DB, Spelled<T> & keyof DB, Spelled<B>>>
  : LookupKey

type ColumnOf<DB, Table extends keyof DB, Column> = Table extends keyof DB
  ? Column & keyof DB[Table] extends infer C extends keyof DB[Table]
    ? SelectType<DB[Table][C]>
    : never
  : never

type Known<Key> = [Key] extends [never] ? LookupKey : NonNullable<Key>

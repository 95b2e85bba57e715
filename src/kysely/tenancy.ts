import type { Kysely } from 'kysely'
import type { Scopes } from '../runtime/tenancy.ts'
import type { TenantId } from '../runtime/tenant-id.ts'
import type { HandleOptions, ScopeInput } from '../runtime/tenant-scope.ts'
import type { TenantHandle } from './tenant-types.ts'

/** The scopes of an application, and handles of Kysely that are bound to a tenant. */
export interface Tenancy extends Scopes {
  /**
   * A Kysely over the same pool whose statements all belong to one tenant: for queues, batchers, caches
   * and listeners, which run in somebody else's async context. Making one costs a few microseconds.
   *
   * @throws `TENANT.INVALID`, `SETTING.INVALID`, and `DIALECT.FOREIGN` for a Kysely of another tenancy
   *
   * @example
   * ```ts
   * const acme = tenancy.forTenant(db, 'acme')
   * await acme.selectFrom('projects').selectAll().execute()
   * ```
   */
  forTenant<DB>(
    db: Kysely<DB>,
    tenant: TenantId | ScopeInput,
    options?: HandleOptions,
  ): TenantHandle<DB>
}

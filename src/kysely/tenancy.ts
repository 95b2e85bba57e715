import type { Kysely } from 'kysely'
import type { RuntimeConfigInput } from '../runtime/runtime-config.ts'
import { createScopes, type Scopes } from '../runtime/tenancy.ts'
import type { TenantId } from '../runtime/tenant-id.ts'
import { type HandleOptions, handleScope, type ScopeInput } from '../runtime/tenant-scope.ts'
import { tenantHandle } from './tenant-handle.ts'
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

/**
 * The scopes of an application. Does no I/O.
 *
 * @param config the object of `kysely-tenants.config.ts`, or the parts of it that the runtime reads.
 * `tenant.column` is `'tenant_id'` by default, `tenant.setting` `'app.tenant_id'`, `schemas`
 * `['public']`; without `tenant.type` every spelling that some tenant type accepts is accepted
 * @throws `CONFIG.INVALID` with every problem
 *
 * @example
 * ```ts
 * const tenancy = createTenancy({ tenant: { type: 'uuid' }, tables: { projects: {}, tasks: {} } })
 * ```
 */
export function createTenancy(config: RuntimeConfigInput): Tenancy {
  const scopes = createScopes(config)
  const tenancy: Tenancy = {
    ...scopes,
    forTenant: (db, input, options) =>
      tenantHandle(db, handleScope(input, scopes.config, options), tenancy),
  }
  return Object.freeze(tenancy)
}

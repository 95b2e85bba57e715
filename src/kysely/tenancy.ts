import type { Kysely } from 'kysely'
import type { Scopes } from '../runtime/tenancy.ts'
import type { TenantId } from '../runtime/tenant-id.ts'
import type { HandleOptions, ScopeInput } from '../runtime/tenant-scope.ts'
import type { TenantHandle } from './tenant-types.ts'
import type { AdminDatabase } from './with-tenant.ts'

/** The scopes of an application, and handles of Kysely that are bound to a tenant. */
export interface Tenancy extends Scopes {
  /**
   * A Kysely over the same pool whose statements all belong to one tenant: for queues, batchers,
   * caches and listeners, which run in the async context of other code. Making one costs a few
   * microseconds.
   *
   * @throws `TENANT.INVALID`, `SETTING.INVALID`, and `DIALECT.FOREIGN` for a Kysely of another
   * tenancy
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

  /**
   * A Kysely over the `adminPool`, in whatever scope it is used: every tenant is in sight, and tenant
   * columns are written by hand. An insert into a shared table says its tenant or null, since a row without
   * one is for all to read. The reason is published on `kysely-tenants:admin`.
   *
   * @throws `DIALECT.FOREIGN`; its statements throw `ADMIN.NO_POOL` without an `adminPool`,
   * `TENANT.MISSING` for an insert into a shared table that leaves the tenant out, and `TENANT.MISMATCH`
   * inside an impersonation
   *
   * @example
   * ```ts
   * const admin = tenancy.forAdmin(db, { reason: 'import' })
   * await admin.insertInto('projects').values({ tenant_id: 'acme', title: 'Apollo' }).execute()
   * ```
   */
  forAdmin<DB>(db: Kysely<DB>, options?: { readonly reason?: string }): Kysely<AdminDatabase<DB>>
}

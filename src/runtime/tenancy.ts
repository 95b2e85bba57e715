import type { Kysely } from 'kysely'
import { tenantMismatch } from '../errors/application.ts'
import { tenantHandle } from '../kysely/tenant-handle.ts'
import type { TenantHandle } from '../kysely/tenant-types.ts'
import { publishAdmin } from './channels.ts'
import { type RuntimeConfig, type RuntimeConfigInput, runtimeConfig } from './runtime-config.ts'
import { describeScope, extraSettings, type Scope, sameScope, scopes } from './scope.ts'
import { canonicalTenant, type TenantId } from './tenant-id.ts'

/** A tenant, and settings that travel with every statement beside it. */
export interface ScopeInput {
  readonly tenant: TenantId
  /** Such as `{ 'app.user_id': '42' }`, for policies and triggers of your own. */
  readonly settings?: Readonly<Record<string, string>>
}

export interface Tenancy {
  /**
   * Runs `body` in the scope of one tenant: every statement that takes its connection in it, however
   * deep and after however many awaits, belongs to the tenant.
   *
   * @returns what `body` returns
   * @throws `TENANT.INVALID`, `SETTING.INVALID`, and `TENANT.MISMATCH` inside the scope of another tenant
   *
   * @example
   * ```ts
   * app.use((req, res, next) => tenancy.run(req.user.tenant, next))
   *
   * await tenancy.run({ tenant: 'acme', settings: { 'app.user_id': '42' } }, () => report())
   * ```
   */
  run<T>(tenant: TenantId | ScopeInput, body: () => T): T

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
  forTenant<DB>(db: Kysely<DB>, tenant: TenantId | ScopeInput): TenantHandle<DB>

  /**
   * Runs `body` with the rows of every tenant in sight, through the `adminPool` and its own login.
   * `reason` is published on the diagnostics channel `kysely-tenants:admin`. Without an `adminPool` its
   * statements throw `ADMIN.NO_POOL`.
   *
   * @returns what `body` returns
   *
   * @example
   * ```ts
   * const projects = await tenancy.runAsAdmin(
   *   () => db.selectFrom('projects').selectAll().execute(),
   *   { reason: 'monthly report' },
   * )
   * ```
   */
  runAsAdmin<T>(body: () => T, options?: { readonly reason?: string }): T

  /**
   * Runs `body` without a tenant on purpose: global tables only. With the plugin a query on a tenant
   * table throws `TENANT.MISSING`, without it there is no row to see.
   *
   * @returns what `body` returns
   *
   * @example
   * ```ts
   * await tenancy.runGlobal(() => db.selectFrom('countries').selectAll().execute())
   * ```
   */
  runGlobal<T>(body: () => T): T

  /**
   * The scope of the running code, if it has one.
   *
   * @example
   * ```ts
   * const key = `projects of ${tenancy.current()?.tenant}`
   * ```
   */
  current(): Scope | undefined

  /** What the runtime took from the config. */
  readonly config: RuntimeConfig
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
  const runtime = runtimeConfig(config)
  const none = Object.freeze([])

  const tenantScope = (input: TenantId | ScopeInput): Scope => {
    const { tenant, settings } = isScopeInput(input)
      ? input
      : { tenant: input, settings: undefined }
    return Object.freeze({
      kind: 'tenant',
      tenant: canonicalTenant(tenant, runtime.type),
      settings: settings ? extraSettings(settings, runtime.setting) : none,
    })
  }

  const tenancy: Tenancy = {
    config: runtime,
    run(input, body) {
      const scope = tenantScope(input)
      const outer = scopes.getStore()
      if (outer?.kind === 'tenant' && outer.tenant !== scope.tenant) {
        throw tenantMismatch(describeScope(outer), describeScope(scope))
      }
      // One request is one scope, however often it is entered.
      return scopes.run(outer && sameScope(outer, scope) ? outer : scope, body)
    },
    forTenant: (db, input) => tenantHandle(db, tenantScope(input), tenancy),
    runAsAdmin(body, { reason } = {}) {
      publishAdmin(reason)
      const scope: Scope = { kind: 'admin', tenant: '', settings: none }
      return scopes.run(Object.freeze(reason === undefined ? scope : { ...scope, reason }), body)
    },
    runGlobal: (body) =>
      scopes.run(Object.freeze({ kind: 'global', tenant: '', settings: none }), body),
    current: () => scopes.getStore(),
  }
  return Object.freeze(tenancy)
}

// Own properties of a plain object only: an id that happens to be an object is refused as one.
function isScopeInput(input: TenantId | ScopeInput): input is ScopeInput {
  return typeof input === 'object' && input !== null && Object.hasOwn(input, 'tenant')
}

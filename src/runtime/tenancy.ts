import { tenantMismatch } from '../errors/application.ts'
import { publishAdmin } from './channels.ts'
import { type Impersonation, impersonate } from './impersonate.ts'
import { makeScope } from './make-scope.ts'
import { type RuntimeConfig, type RuntimeConfigInput, runtimeConfig } from './runtime-config.ts'
import { describeScope, type Scope, sameScope, scopes, tenantOf } from './scope.ts'
import { startLazy } from './start-lazy.ts'
import type { TenantId } from './tenant-id.ts'
import { impersonationOf, type ScopeInput, tenantScope } from './tenant-scope.ts'

/** The scopes of an application, whatever query builder it uses. */
export interface Scopes {
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
   * Runs `body` in the scope of a tenant on behalf of another person, such as support staff. The
   * server refuses every write, unless `readOnly` is false; `app.actor` and `app.reason` ride along
   * for triggers and policies; its begin and its end are published on `kysely-tenants:admin`.
   * Scopes inside it stay in it, those in `runGlobal` too: they keep tenant, actor, reason and the
   * refusal of writes, and there is no `runAsAdmin`.
   *
   * @returns what `body` returns
   * @throws `SETTING.INVALID` without an actor and a reason, `TENANT.INVALID`, and
   * `TENANT.MISMATCH` inside the scope of another tenant or another impersonation
   *
   * @example
   * ```ts
   * const projects = await tenancy.impersonate('acme', { actor: 'sue', reason: 'ticket 7' }, () =>
   *   db.selectFrom('projects').selectAll().execute(),
   * )
   * ```
   */
  impersonate<T>(tenant: TenantId | ScopeInput, as: Impersonation, body: () => T): T

  /**
   * Runs `body` outside the scope of the running code: for what is started lazily in a request and lives
   * longer than it, such as a worker, a timer or a listener. A statement in it needs a scope of its own.
   *
   * @returns what `body` returns
   *
   * @example
   * ```ts
   * const timer = tenancy.detached(() => setInterval(() => tenancy.run('acme', report), 60_000))
   * ```
   */
  detached<T>(body: () => T): T

  /**
   * `callback` in the scope of the running code, from wherever it is called: for emitters, pools of
   * workers and libraries that call back in the context of other code. Without a scope it runs
   * without one.
   *
   * @example
   * ```ts
   * process.on('SIGUSR2', tenancy.bind(() => report()))
   * ```
   */
  bind<A extends unknown[], R>(callback: (...parameters: A) => R): (...parameters: A) => R

  /**
   * The scope of the running code, if it has one.
   *
   * @example
   * ```ts
   * const key = `projects of ${tenancy.current()?.tenant}`
   * ```
   */
  current(): Scope | undefined

  /** The part of the config that the runtime uses. */
  readonly config: RuntimeConfig
}

/**
 * Does no I/O.
 *
 * @throws `CONFIG.INVALID` with every problem
 */
export function createScopes(config: RuntimeConfigInput): Scopes {
  const runtime = runtimeConfig(config)
  return {
    config: runtime,
    run(input, body) {
      const scope = tenantScope(input, runtime)
      const outer = scopes.getStore()
      if (outer?.kind === 'tenant' && outer.tenant !== scope.tenant) {
        throw tenantMismatch(describeScope(outer), describeScope(scope))
      }
      // One request is one scope, however often it is entered.
      return inScope(outer && sameScope(outer, scope) ? outer : scope, body)
    },
    runAsAdmin(body, { reason } = {}) {
      const outer = scopes.getStore()
      if (outer?.actor !== undefined) throw tenantMismatch(describeScope(outer), 'the admin scope')
      publishAdmin({ reason })
      const draft = { kind: 'admin', tenant: '' } as const
      return inScope(makeScope(reason === undefined ? draft : { ...draft, reason }, runtime), body)
    },
    runGlobal(body) {
      const outer = scopes.getStore()
      const draft = { kind: 'global', tenant: '' } as const
      if (outer?.actor === undefined) return inScope(makeScope(draft, runtime), body)
      const part = { ...draft, ...impersonationOf(outer), impersonated: tenantOf(outer) }
      return inScope(makeScope(part, runtime, undefined, outer), body)
    },
    impersonate: (input, as, body) =>
      impersonate(input, as, runtime, (scope) => inScope(scope, body)),
    detached: (body) => inScope(undefined, body),
    bind(callback) {
      const scope = scopes.getStore()
      return function (this: unknown, ...parameters) {
        return inScope(scope, () => callback.apply(this, parameters))
      }
    },
    current: () => scopes.getStore(),
  }
}

// Not `exit`: with it, a scope that is opened in `body` would bring the outer one back.
function inScope<T>(scope: Scope | undefined, body: () => T): T {
  return scopes.run(scope, () => startLazy(body()))
}

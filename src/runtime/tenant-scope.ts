import { settingInvalid, tenantMismatch } from '../errors/application.ts'
import { suggestion } from '../util/nearest.ts'
import { makeScope } from './make-scope.ts'
import type { RuntimeConfig } from './runtime-config.ts'
import { attach, describeScope, type Scope, scopes, tenantOf } from './scope.ts'
import { canonicalTenant, type TenantId } from './tenant-id.ts'

/** A tenant, and settings that travel with every statement beside it. */
export interface ScopeInput {
  readonly tenant: TenantId
  /**
   * Such as `{ 'app.user_id': '42' }`, for policies and triggers of your own, and limits of PostgreSQL
   * such as `{ statement_timeout: '2s' }`. They hold for each statement, and are gone behind it.
   */
  readonly settings?: Readonly<Record<string, string>>
}

/** The options of `forTenant`. */
export interface HandleOptions {
  /**
   * Lets the handle be used in the scope of another tenant, where code that runs on behalf of several
   * tenants is: queues, batchers, listeners. Without it that is `TENANT.MISMATCH`, since a handle that
   * was kept by mistake would be used there too.
   *
   * @default false
   */
  readonly detached?: boolean
}

/**
 * The scope of a handle.
 *
 * @throws `TENANT.INVALID`, `SETTING.INVALID`, and `TENANT.MISMATCH` inside the impersonation of another tenant
 */
export function handleScope(
  input: TenantId | ScopeInput,
  config: RuntimeConfig,
  { detached = false }: HandleOptions = {},
): Scope {
  return attach(tenantScope(input, config), detached ? 'detached' : 'handle')
}

/** The scope of a handle of the admin, which is used in whatever scope. @throws `SETTING.INVALID` */
export function adminScope(config: RuntimeConfig, reason?: string): Scope {
  const draft = { kind: 'admin', tenant: '' } as const
  return attach(makeScope(reason === undefined ? draft : { ...draft, reason }, config), 'detached')
}

/**
 * @throws `TENANT.INVALID`, `SETTING.INVALID`, and `TENANT.MISMATCH` inside the impersonation of another tenant
 */
export function tenantScope(input: TenantId | ScopeInput, config: RuntimeConfig): Scope {
  const { tenant: id, settings } = scopeInput(input)
  const tenant = canonicalTenant(id, config.type)
  const inside = enclosing(scopes.getStore(), tenant)
  return makeScope({ kind: 'tenant', tenant, ...impersonationOf(inside) }, config, settings, inside)
}

/** The scope of the running code, where a new one of that tenant is a part of it. */
function enclosing(outer: Scope | undefined, tenant: string): Scope | undefined {
  if (outer === undefined) return undefined
  const isSame = tenantOf(outer) === tenant
  if (outer.actor !== undefined && !isSame) {
    throw tenantMismatch(describeScope(outer), `tenant ${JSON.stringify(tenant)}`)
  }
  return isSame ? outer : undefined
}

/** A scope inside an impersonation is one itself. */
export function impersonationOf(outer: Scope | undefined): Pick<Scope, 'actor' | 'reason'> {
  if (outer?.actor === undefined) return {}
  const { actor, reason } = outer
  return reason === undefined ? { actor } : { actor, reason }
}

/** @throws `SETTING.INVALID` for a key that it does not know, which may be a misspelt one */
export function scopeInput(input: TenantId | ScopeInput): ScopeInput {
  if (!isScopeInput(input)) return { tenant: input }
  for (const key in input) {
    if (KEYS.includes(key)) continue
    throw settingInvalid(`A scope has no \`${key}\`${suggestion(key, KEYS)}`)
  }
  return input
}

const KEYS: readonly string[] = ['tenant', 'settings']

// Own properties of a plain object only: an id that happens to be an object is refused as one.
function isScopeInput(input: TenantId | ScopeInput): input is ScopeInput {
  return typeof input === 'object' && input !== null && Object.hasOwn(input, 'tenant')
}

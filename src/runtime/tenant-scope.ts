import type { RuntimeConfig } from './runtime-config.ts'
import { attach, extraSettings, type Scope } from './scope.ts'
import { canonicalTenant, type TenantId } from './tenant-id.ts'

/** A tenant, and settings that travel with every statement beside it. */
export interface ScopeInput {
  readonly tenant: TenantId
  /** Such as `{ 'app.user_id': '42' }`, for policies and triggers of your own. */
  readonly settings?: Readonly<Record<string, string>>
}

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

/** The scope of a handle. @throws `TENANT.INVALID` and `SETTING.INVALID` */
export function handleScope(
  input: TenantId | ScopeInput,
  config: RuntimeConfig,
  { detached = false }: HandleOptions = {},
): Scope {
  return attach(tenantScope(input, config), detached ? 'detached' : 'handle')
}

/** @throws `TENANT.INVALID` and `SETTING.INVALID` */
export function tenantScope(input: TenantId | ScopeInput, config: RuntimeConfig): Scope {
  const { tenant, settings } = isScopeInput(input) ? input : { tenant: input, settings: undefined }
  return Object.freeze({
    kind: 'tenant',
    tenant: canonicalTenant(tenant, config.type),
    settings: settings ? extraSettings(settings, config.setting) : Object.freeze([]),
  })
}

// Own properties of a plain object only: an id that happens to be an object is refused as one.
function isScopeInput(input: TenantId | ScopeInput): input is ScopeInput {
  return typeof input === 'object' && input !== null && Object.hasOwn(input, 'tenant')
}

import { AsyncLocalStorage } from 'node:async_hooks'
import { isSettingName } from '../config/tenant-setting.ts'
import { settingInvalid, tenantMismatch } from '../errors/application.ts'

/** Whose rows a statement may touch. */
export interface Scope {
  /** `tenant`: one tenant. `admin`: every tenant. `global`: no tenant, global tables only. */
  readonly kind: 'tenant' | 'admin' | 'global'
  /** In canonical spelling; `''` unless `kind` is `tenant`. */
  readonly tenant: string
  /** Travel with every statement, in the order of their names. */
  readonly settings: readonly (readonly [name: string, value: string])[]
  /** Why an admin scope was opened. */
  readonly reason?: string
}

const STORAGE = Symbol.for('kysely-tenants.scope')

// On `globalThis`, so that two copies of the package agree on the scope.
const shared = globalThis as { [STORAGE]?: AsyncLocalStorage<Scope> }

export const scopes: AsyncLocalStorage<Scope> = shared[STORAGE] ?? new AsyncLocalStorage()
shared[STORAGE] = scopes

export function sameScope(a: Scope, b: Scope): boolean {
  return (
    a === b ||
    (a.kind === b.kind && a.tenant === b.tenant && String(a.settings) === String(b.settings))
  )
}

/**
 * A lease belongs to the scope in which it was acquired.
 *
 * @throws `TENANT.MISMATCH` when the running code has another
 */
export function assertScope(bound: Scope): void {
  const current = scopes.getStore()
  if (current && !sameScope(current, bound)) {
    throw tenantMismatch(describeScope(bound), describeScope(current))
  }
}

/** For messages. */
export function describeScope({ kind, tenant }: Scope): string {
  return kind === 'tenant' ? `tenant ${JSON.stringify(tenant)}` : `the ${kind} scope`
}

/**
 * @throws `SETTING.INVALID` for a name that PostgreSQL would refuse or that has a meaning of its own,
 * and for a value that is no string.
 */
export function extraSettings(
  settings: Readonly<Record<string, string>>,
  tenantSetting: string,
): Scope['settings'] {
  for (const [name, value] of Object.entries(settings)) {
    if (!isSettingName(name)) throw settingInvalid(`${JSON.stringify(name)} is no setting name`)
    if (name.toLowerCase() === tenantSetting) {
      throw settingInvalid(`${name} carries the tenant and cannot be an extra setting`)
    }
    if (typeof value !== 'string' || value.includes('\0')) {
      throw settingInvalid(`${name} holds no string that PostgreSQL can store`)
    }
  }
  return Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1))
}

import { AsyncLocalStorage } from 'node:async_hooks'
import { tenantMismatch } from '../errors/application.ts'

/** The rows that a statement may touch. */
export interface Scope {
  /** `tenant`: one tenant. `admin`: every tenant. `global`: no tenant, global tables only. */
  readonly kind: 'tenant' | 'admin' | 'global'
  /** In canonical spelling; `''` unless `kind` is `tenant`. */
  readonly tenant: string
  /** Travel with every statement, in the order of their names. */
  readonly settings: readonly (readonly [name: string, value: string])[]
  /** Why an admin scope or an impersonation was opened. */
  readonly reason?: string
  /** The person who acts for the tenant, in an impersonation. */
  readonly actor?: string
  /** The tenant of the impersonation, where `kind` is not `tenant` inside one. */
  readonly impersonated?: string | undefined
}

const STORAGE = Symbol.for('kysely-tenants.scope')

// On `globalThis`, so that two copies of the package agree on the scope.
const shared = globalThis as { [STORAGE]?: AsyncLocalStorage<Scope | undefined> }

export const scopes: AsyncLocalStorage<Scope | undefined> =
  shared[STORAGE] ?? new AsyncLocalStorage()
shared[STORAGE] = scopes

export function sameScope(a: Scope, b: Scope): boolean {
  return (
    a === b || (a.kind === b.kind && a.tenant === b.tenant && sameSettings(a.settings, b.settings))
  )
}

// By value: a comma in a value must not make two lists alike.
function sameSettings(a: Scope['settings'], b: Scope['settings']): boolean {
  return (
    a.length === b.length &&
    a.every(([name, value], index) => name === b[index]?.[0] && value === b[index]?.[1])
  )
}

/**
 * A lease belongs to the scope in which it was acquired, a handle to the one it was made for.
 *
 * @throws `TENANT.MISMATCH` when the running code has another one, in which that may not be used
 */
export function assertScope(bound: Scope): void {
  const current = scopes.getStore()
  if (!current || sameScope(current, bound) || isUsableIn(current, bound)) return
  throw tenantMismatch(describeScope(bound), describeScope(current))
}

/**
 * - `handle`: usable where no tenant is bound, in `runGlobal` and `runAsAdmin`
 * - `detached`: usable in every scope
 */
export type Attachment = 'handle' | 'detached'

const attachments = new WeakMap<Scope, Attachment>()

/** The scope of a handle. Not a property of it, for the code of an application sees scopes. */
export function attach(scope: Scope, attachment: Attachment): Scope {
  attachments.set(scope, attachment)
  return scope
}

export function isDetached(scope: Scope): boolean {
  return attachments.get(scope) === 'detached'
}

function isUsableIn(current: Scope, bound: Scope): boolean {
  const attachment = attachments.get(bound)
  // No way leads out of an impersonation to the rows of all, and no handle that was kept leads out of it.
  if (current.actor !== undefined) {
    if (bound.kind === 'admin') return false
    if (attachment === 'handle' && !isOfImpersonation(current, bound)) return false
  }
  return attachment === 'detached' || (attachment === 'handle' && current.kind !== 'tenant')
}

/** The server refuses the writes of such a scope; only an impersonation has it. */
export function isReadOnly({ settings }: Scope): boolean {
  return settings.some(([name]) => name === 'transaction_read_only')
}

/** The tenant that the scope has, or whose impersonation it is in. */
export function tenantOf({ kind, tenant, impersonated }: Scope): string | undefined {
  return kind === 'tenant' ? tenant : impersonated
}

function isOfImpersonation(current: Scope, bound: Scope): boolean {
  return (
    tenantOf(bound) === tenantOf(current) &&
    bound.actor === current.actor &&
    bound.reason === current.reason &&
    isReadOnly(bound) === isReadOnly(current)
  )
}

/** For messages. */
export function describeScope({ kind, tenant }: Scope): string {
  return kind === 'tenant' ? `tenant ${JSON.stringify(tenant)}` : `the ${kind} scope`
}

import type { Dialect, DialectAdapter, Driver } from 'kysely'
import type { Scope } from '../runtime/scope.ts'
import type { Tenancy } from './tenancy.ts'

/** Where a Kysely instance comes from. Kysely keeps its dialect private and shows its adapter. */
export interface Origin {
  readonly dialect: Dialect
  readonly driver: Driver
  readonly tenancy: Tenancy
  /** Of a handle. */
  readonly scope?: Scope
}

const origins = new WeakMap<DialectAdapter, Origin>()

export function registerOrigin<A extends DialectAdapter>(adapter: A, origin: Origin): A {
  origins.set(adapter, origin)
  return adapter
}

export function originOf(adapter: DialectAdapter): Origin | undefined {
  return origins.get(adapter)
}

const tenancies = new WeakSet<Tenancy>()

export function registerDialect(tenancy: Tenancy): void {
  tenancies.add(tenancy)
}

/** Is there a dialect of ours, which compiles the queries of this tenancy? */
export function hasDialect(tenancy: Tenancy): boolean {
  return tenancies.has(tenancy)
}

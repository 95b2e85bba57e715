export type { ErrorCode } from '../errors/codes.ts'
export { httpStatus } from '../errors/http-status.ts'
export { isTenancyError, TenancyError } from '../errors/tenancy-error.ts'
export type { Guard } from '../runtime/guard.ts'
export type {
  LookupKey,
  LookupName,
  LookupResult,
  LookupsOf,
} from '../runtime/lookup.ts'
export type {
  RuntimeConfig,
  RuntimeConfigInput,
  RuntimeLookup,
  RuntimeTable,
} from '../runtime/runtime-config.ts'
export type { Scope } from '../runtime/scope.ts'
export type { StrategyName } from '../runtime/strategies/strategy.ts'
export type { Scopes as Tenancy } from '../runtime/tenancy.ts'
export type { TenantId } from '../runtime/tenant-id.ts'
export type { HandleOptions, ScopeInput } from '../runtime/tenant-scope.ts'
export { createTenancy, type Lookups } from './create-tenancy.ts'
export { tenantClient } from './tenant-client.ts'
export type { TenantClientOptions } from './tenant-client-options.ts'
export { forTenant } from './tenant-handle.ts'
export type { TenantKnex } from './tenant-knex.ts'

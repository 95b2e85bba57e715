export type { ErrorCode } from './errors/codes.ts'
export { httpStatus } from './errors/http-status.ts'
export { isTenancyError, TenancyError } from './errors/tenancy-error.ts'
export { createTenancy } from './kysely/create-tenancy.ts'
export type { Lookups } from './kysely/lookups.ts'
export { TenantPlugin, type TenantPluginOptions } from './kysely/plugin/tenant-plugin.ts'
export type { Tenancy } from './kysely/tenancy.ts'
export { TenantDialect } from './kysely/tenant-dialect.ts'
export type {
  TenantDialectConfig,
  TenantPoolConfig,
  TenantWrapperConfig,
} from './kysely/tenant-dialect-config.ts'
export type {
  TenantBrand,
  TenantConnectionBuilder,
  TenantControlledTransaction,
  TenantControlledTransactionBuilder,
  TenantHandle,
  TenantKysely,
  TenantTransaction,
  TenantTransactionBuilder,
} from './kysely/tenant-types.ts'
export type {
  AdminDatabase,
  TenantColumn,
  TenantTables,
  WithTenant,
} from './kysely/with-tenant.ts'
export type {
  AdminEvent,
  DestroyedEvent,
  DestroyReason,
  ResidueEvent,
  StatementEvent,
  StreamEvent,
  ViolationEvent,
  WaitingEvent,
} from './runtime/channels.ts'
export type { Guard } from './runtime/guard.ts'
export type {
  LookupKey,
  LookupName,
  LookupResult,
  LookupsOf,
} from './runtime/lookup.ts'
export type {
  RuntimeConfig,
  RuntimeConfigInput,
  RuntimeLookup,
  RuntimeTable,
} from './runtime/runtime-config.ts'
export type { Scope } from './runtime/scope.ts'
export type { StrategyName } from './runtime/strategies/strategy.ts'
export type { Scopes } from './runtime/tenancy.ts'
export type { TenantId } from './runtime/tenant-id.ts'
export type { HandleOptions, ScopeInput } from './runtime/tenant-scope.ts'

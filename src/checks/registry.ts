import { adminRoleBoundByFloor } from './admin-role-bound-by-floor.ts'
import { appRoleBypassrls } from './app-role-bypassrls.ts'
import { appRoleCanGrantItself } from './app-role-can-grant-itself.ts'
import { appRoleCanSetRole } from './app-role-can-set-role.ts'
import { appRoleCreatePrivilege } from './app-role-create-privilege.ts'
import { appRoleCreaterole } from './app-role-createrole.ts'
import { appRoleOwnsCode } from './app-role-owns-code.ts'
import { appRoleOwnsSchemaOrDb } from './app-role-owns-schema-or-db.ts'
import { appRoleOwnsTable } from './app-role-owns-table.ts'
import { appRolePredefined } from './app-role-predefined.ts'
import { appRoleReplication } from './app-role-replication.ts'
import { appRoleSuperuser } from './app-role-superuser.ts'
import { catalogReadable } from './catalog-readable.ts'
import type { Check } from './check.ts'
import { closedFunctionExecutable } from './closed-function-executable.ts'
import { constraintNotValid } from './constraint-not-valid.ts'
import { defaultPrivilegesTooWide } from './default-privileges-too-wide.ts'
import { eventTriggerReachesTenants } from './event-trigger-reaches-tenants.ts'
import { eventTriggerSetsTenant } from './event-trigger-sets-tenant.ts'
import { exclusionTenantNotEqual } from './exclusion-tenant-not-equal.ts'
import { exclusionWithoutTenant } from './exclusion-without-tenant.ts'
import { extensionOwnedTable } from './extension-owned-table.ts'
import { fdwUserMapping } from './fdw-user-mapping.ts'
import { fkSetNullNullsTenant } from './fk-set-null-nulls-tenant.ts'
import { fkTriggerDisabled } from './fk-trigger-disabled.ts'
import { fkValidatedUnderForce } from './fk-validated-under-force.ts'
import { fkWithoutTenant } from './fk-without-tenant.ts'
import { foreignKeyReachesTenants } from './foreign-key-reaches-tenants.ts'
import { foreignKeyTellsOfTenants } from './foreign-key-tells-of-tenants.ts'
import { foreignTableReached } from './foreign-table-reached.ts'
import { foreignTableWithTenantData } from './foreign-table-with-tenant-data.ts'
import { functionLeakproofUserDefined } from './function-leakproof-user-defined.ts'
import { functionSearchPathMutable } from './function-search-path-mutable.ts'
import { functionSecurityDefiner } from './function-security-definer.ts'
import { functionSetsTenantSetting } from './function-sets-tenant-setting.ts'
import { functionUntrustedLanguage } from './function-untrusted-language.ts'
import { generatedColumnUnsafeFunction } from './generated-column-unsafe-function.ts'
import { globalTableParentOfTenants } from './global-table-parent-of-tenants.ts'
import { globalTableWithTenantColumn } from './global-table-with-tenant-column.ts'
import { grantOtherRole } from './grant-other-role.ts'
import { grantReferencesTriggerMaintain } from './grant-references-trigger-maintain.ts'
import { grantToPublic } from './grant-to-public.ts'
import { grantTruncate } from './grant-truncate.ts'
import { indexDefeatedByRls } from './index-defeated-by-rls.ts'
import { indexInvalid } from './index-invalid.ts'
import { largeObjects } from './large-objects.ts'
import { lookupDrift } from './lookup-drift.ts'
import { materializedViewExposed } from './materialized-view-exposed.ts'
import { migrationRecordWritable } from './migration-record-writable.ts'
import { multiplePermissivePolicies } from './multiple-permissive-policies.ts'
import { noDdlGuardEventTrigger } from './no-ddl-guard-event-trigger.ts'
import { notificationCarriesRows } from './notification-carries-rows.ts'
import { parameterSettable } from './parameter-settable.ts'
import { partitionWithoutRls } from './partition-without-rls.ts'
import { policyAccessMissing } from './policy-access-missing.ts'
import { policyCastOnColumn } from './policy-cast-on-column.ts'
import { policyExpressionDrift } from './policy-expression-drift.ts'
import { policyFloorMissing } from './policy-floor-missing.ts'
import { policyIgnoresTenantColumn } from './policy-ignores-tenant-column.ts'
import { policyImmutableFunction } from './policy-immutable-function.ts'
import { policyLeaksRows } from './policy-leaks-rows.ts'
import { policyMissingCommand } from './policy-missing-command.ts'
import { policyNotInitplan } from './policy-not-initplan.ts'
import { policyObserveMode } from './policy-observe-mode.ts'
import { policyReferencesOtherColumns } from './policy-references-other-columns.ts'
import { policyReferencesOtherTable } from './policy-references-other-table.ts'
import { policyRestrictiveOnly } from './policy-restrictive-only.ts'
import { policyRolesDrift } from './policy-roles-drift.ts'
import { policySettingDrift } from './policy-setting-drift.ts'
import { policyShapeDrift } from './policy-shape-drift.ts'
import { policyUnexpectedPermissive } from './policy-unexpected-permissive.ts'
import { policyUsingWithoutCheck } from './policy-using-without-check.ts'
import { policyVolatileOrSecdefFunction } from './policy-volatile-or-secdef-function.ts'
import { publicationExposesTenantTable } from './publication-exposes-tenant-table.ts'
import { rlsDisabled } from './rls-disabled.ts'
import { rlsNoPolicy } from './rls-no-policy.ts'
import { rlsNotForced } from './rls-not-forced.ts'
import { rowSecurityInactive } from './row-security-inactive.ts'
import { ruleOnTenantTable } from './rule-on-tenant-table.ts'
import { ruleReachesTenants } from './rule-reaches-tenants.ts'
import { schemaUsageMissing } from './schema-usage-missing.ts'
import { sequenceUsageMissing } from './sequence-usage-missing.ts'
import { sequenceWritable } from './sequence-writable.ts'
import { serverRlsCve } from './server-rls-cve.ts'
import { sessionReplicationRoleSettable } from './session-replication-role-settable.ts'
import { sessionUserDiffers } from './session-user-differs.ts'
import { setConfigExecutable } from './set-config-executable.ts'
import { settingDefaultOnFreshConnection } from './setting-default-on-fresh-connection.ts'
import { settingHasDefault } from './setting-has-default.ts'
import { statisticsOnExpressionsVisible } from './statistics-on-expressions-visible.ts'
import { tableOutsideSchemas } from './table-outside-schemas.ts'
import { tempPrivilege } from './temp-privilege.ts'
import { tenantCastUserDefined } from './tenant-cast-user-defined.ts'
import { tenantColumnCollation } from './tenant-column-collation.ts'
import { tenantColumnDefault } from './tenant-column-default.ts'
import { tenantColumnMissing } from './tenant-column-missing.ts'
import { tenantColumnNotIndexed } from './tenant-column-not-indexed.ts'
import { tenantColumnNullable } from './tenant-column-nullable.ts'
import { tenantColumnType } from './tenant-column-type.ts'
import { tenantRowsCopied } from './tenant-rows-copied.ts'
import { triggerRewritesTenant } from './trigger-rewrites-tenant.ts'
import { triggerSecurityDefiner } from './trigger-security-definer.ts'
import { unclassifiedTable } from './unclassified-table.ts'
import { uniqueWithoutTenant } from './unique-without-tenant.ts'
import { unlistedTableReached } from './unlisted-table-reached.ts'
import { unlistedTableWithTenantColumn } from './unlisted-table-with-tenant-column.ts'
import { unloggedTenantTable } from './unlogged-tenant-table.ts'
import { viewBypassesRls } from './view-bypasses-rls.ts'
import { viewNotSecurityInvoker } from './view-not-security-invoker.ts'

/** Every check. Adding one is a file here and a line here. */
export const CHECKS: readonly Check[] = [
  appRoleSuperuser,
  appRoleBypassrls,
  appRoleOwnsTable,
  appRoleCanSetRole,
  appRoleCanGrantItself,
  appRoleCreaterole,
  appRoleReplication,
  appRolePredefined,
  appRoleCreatePrivilege,
  appRoleOwnsSchemaOrDb,
  appRoleOwnsCode,
  parameterSettable,
  adminRoleBoundByFloor,
  sessionUserDiffers,
  rowSecurityInactive,
  rlsDisabled,
  rlsNotForced,
  rlsNoPolicy,
  partitionWithoutRls,
  policyAccessMissing,
  policyMissingCommand,
  policyRestrictiveOnly,
  policyFloorMissing,
  policyObserveMode,
  policyIgnoresTenantColumn,
  policyUnexpectedPermissive,
  policyLeaksRows,
  multiplePermissivePolicies,
  policyExpressionDrift,
  policyShapeDrift,
  policyRolesDrift,
  policySettingDrift,
  policyUsingWithoutCheck,
  policyReferencesOtherColumns,
  policyReferencesOtherTable,
  policyImmutableFunction,
  policyVolatileOrSecdefFunction,
  policyNotInitplan,
  policyCastOnColumn,
  tenantColumnMissing,
  tenantColumnNullable,
  tenantColumnType,
  tenantColumnCollation,
  tenantCastUserDefined,
  tenantColumnDefault,
  tenantColumnNotIndexed,
  indexInvalid,
  indexDefeatedByRls,
  uniqueWithoutTenant,
  exclusionWithoutTenant,
  exclusionTenantNotEqual,
  fkWithoutTenant,
  foreignKeyReachesTenants,
  foreignKeyTellsOfTenants,
  fkSetNullNullsTenant,
  fkTriggerDisabled,
  fkValidatedUnderForce,
  constraintNotValid,
  unlistedTableWithTenantColumn,
  unclassifiedTable,
  tableOutsideSchemas,
  tenantRowsCopied,
  globalTableWithTenantColumn,
  globalTableParentOfTenants,
  unlistedTableReached,
  migrationRecordWritable,
  viewBypassesRls,
  viewNotSecurityInvoker,
  lookupDrift,
  materializedViewExposed,
  functionSecurityDefiner,
  functionSearchPathMutable,
  functionSetsTenantSetting,
  functionLeakproofUserDefined,
  functionUntrustedLanguage,
  closedFunctionExecutable,
  catalogReadable,
  ruleOnTenantTable,
  ruleReachesTenants,
  triggerSecurityDefiner,
  eventTriggerReachesTenants,
  eventTriggerSetsTenant,
  notificationCarriesRows,
  triggerRewritesTenant,
  foreignTableWithTenantData,
  foreignTableReached,
  extensionOwnedTable,
  unloggedTenantTable,
  generatedColumnUnsafeFunction,
  statisticsOnExpressionsVisible,
  grantTruncate,
  grantReferencesTriggerMaintain,
  grantToPublic,
  grantOtherRole,
  defaultPrivilegesTooWide,
  sequenceUsageMissing,
  sequenceWritable,
  largeObjects,
  publicationExposesTenantTable,
  schemaUsageMissing,
  tempPrivilege,
  settingHasDefault,
  settingDefaultOnFreshConnection,
  sessionReplicationRoleSettable,
  setConfigExecutable,
  fdwUserMapping,
  noDdlGuardEventTrigger,
  serverRlsCve,
]

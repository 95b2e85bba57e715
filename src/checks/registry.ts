import { adminRoleBoundByFloor } from './admin-role-bound-by-floor.ts'
import { appRoleBypassrls } from './app-role-bypassrls.ts'
import { appRoleCanGrantItself } from './app-role-can-grant-itself.ts'
import { appRoleCanSetRole } from './app-role-can-set-role.ts'
import { appRoleOwnsTable } from './app-role-owns-table.ts'
import { appRoleReplication } from './app-role-replication.ts'
import { appRoleSuperuser } from './app-role-superuser.ts'
import type { Check } from './check.ts'
import { fkWithoutTenant } from './fk-without-tenant.ts'
import { foreignTableWithTenantData } from './foreign-table-with-tenant-data.ts'
import { functionLeakproofUserDefined } from './function-leakproof-user-defined.ts'
import { functionSecurityDefiner } from './function-security-definer.ts'
import { grantReferencesTriggerMaintain } from './grant-references-trigger-maintain.ts'
import { grantTruncate } from './grant-truncate.ts'
import { indexInvalid } from './index-invalid.ts'
import { materializedViewExposed } from './materialized-view-exposed.ts'
import { partitionWithoutRls } from './partition-without-rls.ts'
import { policyAccessMissing } from './policy-access-missing.ts'
import { policyExpressionDrift } from './policy-expression-drift.ts'
import { policyFloorMissing } from './policy-floor-missing.ts'
import { policyIgnoresTenantColumn } from './policy-ignores-tenant-column.ts'
import { policyImmutableFunction } from './policy-immutable-function.ts'
import { policyRolesDrift } from './policy-roles-drift.ts'
import { policySettingDrift } from './policy-setting-drift.ts'
import { policyShapeDrift } from './policy-shape-drift.ts'
import { policyUnexpectedPermissive } from './policy-unexpected-permissive.ts'
import { rlsDisabled } from './rls-disabled.ts'
import { rlsNoPolicy } from './rls-no-policy.ts'
import { rlsNotForced } from './rls-not-forced.ts'
import { settingHasDefault } from './setting-has-default.ts'
import { tenantColumnDefault } from './tenant-column-default.ts'
import { tenantColumnMissing } from './tenant-column-missing.ts'
import { tenantColumnNotIndexed } from './tenant-column-not-indexed.ts'
import { tenantColumnNullable } from './tenant-column-nullable.ts'
import { unclassifiedTable } from './unclassified-table.ts'
import { uniqueWithoutTenant } from './unique-without-tenant.ts'
import { unlistedTableWithTenantColumn } from './unlisted-table-with-tenant-column.ts'
import { viewBypassesRls } from './view-bypasses-rls.ts'
import { viewNotSecurityInvoker } from './view-not-security-invoker.ts'

/** Every check. Adding one is a file here and a line here. */
export const CHECKS: readonly Check[] = [
  appRoleSuperuser,
  appRoleBypassrls,
  appRoleOwnsTable,
  appRoleCanSetRole,
  appRoleCanGrantItself,
  appRoleReplication,
  adminRoleBoundByFloor,
  rlsDisabled,
  rlsNotForced,
  rlsNoPolicy,
  partitionWithoutRls,
  policyAccessMissing,
  policyFloorMissing,
  policyIgnoresTenantColumn,
  policyUnexpectedPermissive,
  policyExpressionDrift,
  policyShapeDrift,
  policyRolesDrift,
  policySettingDrift,
  policyImmutableFunction,
  tenantColumnMissing,
  tenantColumnNullable,
  tenantColumnDefault,
  tenantColumnNotIndexed,
  indexInvalid,
  uniqueWithoutTenant,
  fkWithoutTenant,
  unlistedTableWithTenantColumn,
  unclassifiedTable,
  viewBypassesRls,
  viewNotSecurityInvoker,
  materializedViewExposed,
  functionSecurityDefiner,
  functionLeakproofUserDefined,
  foreignTableWithTenantData,
  grantTruncate,
  grantReferencesTriggerMaintain,
  settingHasDefault,
]

import { alterPolicy, type TenantPolicy, tenantPolicies } from '../../policy/tenant-policies.ts'
import type { TenantTable } from '../../policy/tenant-table.ts'
import { statements } from './statements.ts'

/** The table in `broken` and `fixed`. */
export const EXAMPLE: TenantTable = {
  schema: 'public',
  name: 'projects',
  column: 'tenant_id',
  type: 'uuid',
  isDomain: false,
  setting: 'app.tenant_id',
  appRoles: ['app_user'],
  adminRoles: ['app_admin'],
  shared: false,
  access: 'full',
  globalKeys: [],
}

export function examplePolicies(...names: readonly string[]): TenantPolicy[] {
  return tenantPolicies(EXAMPLE).filter(({ name }) => names.includes(name))
}

/** Puts the roles and the expressions back. */
export function alterExample(name: string): string {
  return statements(examplePolicies(name).map((policy) => alterPolicy(EXAMPLE, policy)))
}

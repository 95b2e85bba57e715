import { tenantMismatch } from '../errors/application.ts'
import type { RuntimeConfig } from './runtime-config.ts'
import { describeScope, type Scope } from './scope.ts'
import { canonicalTenant } from './tenant-id.ts'

/**
 * Looks at the literals that a query writes into the tenant column.
 *
 * @throws `TENANT.MISMATCH` for one that is another tenant than that of the scope
 */
export function assertWrittenTenants(
  values: Iterable<unknown>,
  scope: Scope,
  { type }: RuntimeConfig,
): void {
  for (const value of values) {
    if (value === null) continue
    const tenant = spelled(value, type)
    if (tenant !== undefined && tenant !== scope.tenant) {
      throw tenantMismatch(describeScope(scope), `a row of tenant ${JSON.stringify(tenant)}`)
    }
  }
}

// A value that is no tenant id at all is the database's to refuse.
function spelled(value: unknown, type: RuntimeConfig['type']): string | undefined {
  try {
    return canonicalTenant(value, type)
  } catch {
    return undefined
  }
}

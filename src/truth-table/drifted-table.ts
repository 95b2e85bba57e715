import type { Snapshot } from '../catalog/snapshot.ts'
import { isEquivalent } from '../policy/policy-match.ts'
import { pairsOf } from '../policy/policy-pair.ts'
import { tenantPolicies } from '../policy/tenant-policies.ts'
import type { TenantTable } from '../policy/tenant-table.ts'
import { type TenantTableState, tenantTableStates } from '../wanted/tenant-table-state.ts'

/** The tables whose policies are not the wanted ones, as far as their text shows it. */
export function driftedTables(
  tables: readonly TenantTable[],
  snapshot: Snapshot,
): TenantTableState[] {
  return tenantTableStates(tables, snapshot).filter(hasDrifted)
}

/** Some policy is not the wanted one, as far as the text shows it. Without row security no policy counts. */
export function hasDrifted({ table, relation }: TenantTableState): boolean {
  const wanted = tenantPolicies(table)
  const equivalent = pairsOf(wanted, relation.policies).filter(isEquivalent)
  return relation.rlsEnabled && equivalent.length < wanted.length
}

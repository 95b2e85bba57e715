import { findRelation } from '../catalog/find-relation.ts'
import type { RelationState } from '../catalog/relation-state.ts'
import type { Snapshot } from '../catalog/snapshot.ts'
import { isEquivalent } from '../policy/policy-match.ts'
import { pairsOf } from '../policy/policy-pair.ts'
import { tenantPolicies } from '../policy/tenant-policies.ts'
import type { TenantTable } from '../policy/tenant-table.ts'

/** A table as it is wanted and as it is. */
export interface DriftedTable {
  readonly table: TenantTable
  readonly relation: RelationState
}

/** The tables whose policies are not the wanted ones, as far as their text shows it. */
export function driftedTables(tables: readonly TenantTable[], snapshot: Snapshot): DriftedTable[] {
  return tables.flatMap((table) => {
    const relation = findRelation(table, snapshot)
    return relation && hasDrifted({ table, relation }) ? { table, relation } : []
  })
}

/** Without row security no policy says anything. */
export function hasDrifted({ table, relation }: DriftedTable): boolean {
  const wanted = tenantPolicies(table)
  const equivalent = pairsOf(wanted, relation.policies).filter(isEquivalent)
  return relation.rlsEnabled && equivalent.length < wanted.length
}

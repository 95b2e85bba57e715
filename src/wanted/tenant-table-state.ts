import { findRelation } from '../catalog/find-relation.ts'
import type { RelationState } from '../catalog/relation-state.ts'
import type { Snapshot } from '../catalog/snapshot.ts'
import type { TenantTable } from '../policy/tenant-table.ts'

/** A tenant table as it is wanted and as it is. */
export interface TenantTableState {
  readonly table: TenantTable
  readonly relation: RelationState
}

/** The tables that the snapshot holds, in the same order. */
export function tenantTableStates(
  tables: readonly TenantTable[],
  snapshot: Snapshot,
): TenantTableState[] {
  return tables.flatMap((table) => {
    const relation = findRelation(table, snapshot)
    return relation ? { table, relation } : []
  })
}

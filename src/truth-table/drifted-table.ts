import { findRelation } from '../catalog/find-relation.ts'
import type { PolicyState } from '../catalog/policy-state.ts'
import type { RelationState } from '../catalog/relation-state.ts'
import type { Snapshot } from '../catalog/snapshot.ts'
import { type TenantPolicy, tenantPolicies } from '../policy/tenant-policies.ts'
import type { TenantTable } from '../policy/tenant-table.ts'

/** A table as it is wanted and as it is. */
export interface DriftedTable {
  readonly table: TenantTable
  readonly relation: RelationState
}

/** Those whose policies are not the wanted ones, word for word. */
export function driftedTables(tables: readonly TenantTable[], snapshot: Snapshot): DriftedTable[] {
  return tables.flatMap((table) => {
    const relation = findRelation(table, snapshot)
    return relation && hasDrifted({ table, relation }) ? { table, relation } : []
  })
}

/** Without row security no policy says anything. */
export function hasDrifted({ table, relation }: DriftedTable): boolean {
  return relation.rlsEnabled && !isAsWanted({ table, relation })
}

function isAsWanted({ table, relation }: DriftedTable): boolean {
  return tenantPolicies(table).every((wanted) =>
    relation.policies.some(
      (actual) =>
        actual.name === wanted.name &&
        hasShape(wanted, actual) &&
        [...actual.roles].sort().join('\n') === [...wanted.roles].sort().join('\n') &&
        actual.using === (wanted.using?.deparsed ?? null) &&
        (actual.check ?? actual.using) === (wanted.check ?? wanted.using)?.deparsed,
    ),
  )
}

export function hasShape(wanted: TenantPolicy, actual: PolicyState): boolean {
  return wanted.command === actual.command && wanted.permissive === actual.permissive
}

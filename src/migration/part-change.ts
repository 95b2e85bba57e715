import type { RelationState } from '../catalog/relation-state.ts'
import type { Snapshot } from '../catalog/snapshot.ts'
import type { MigrationPart } from '../config/migration-part.ts'
import { qualifiedName } from '../sql/quote.ts'
import type { TableName } from '../sql/table-name.ts'
import type { TenantTableState } from '../wanted/tenant-table-state.ts'
import type { PhaseName, Step } from './step.ts'

/** The relation is as it is, or as it will be when its tenant column was added. */
export interface PlannedTable extends TenantTableState {
  /** Its tenant column is added by this plan. */
  readonly isNew?: boolean
}

/** The work of an optional part of the plan on one key, view or grant. */
export interface PartChange {
  readonly part: MigrationPart
  readonly table: TableName
  /** The difference from what is wanted. */
  readonly problem: string
  /** Until then a role of the config cannot use the table. */
  readonly isNeeded?: true
  /** The reason why only the user can mend it: there are no steps. */
  readonly obstacle?: string
  readonly steps: Partial<Readonly<Record<PhaseName, readonly Step[]>>>
  /** The table that gets an index with it which begins with the tenant and holds every row. */
  readonly indexes?: TableName
}

export interface PartContext {
  readonly entries: readonly PlannedTable[]
  readonly byName: ReadonlyMap<string, PlannedTable>
  readonly snapshot: Snapshot
  /** The table of the tenants and its children: what is unique there is unique among tenants. */
  readonly tenants: readonly RelationState[]
  readonly appRoles: readonly string[]
  readonly adminRoles: readonly string[]
  readonly parts: readonly MigrationPart[]
}

export function entryOf(table: TableName, { byName }: PartContext): PlannedTable | undefined {
  return byName.get(qualifiedName(table))
}

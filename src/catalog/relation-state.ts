import type { TableName } from '../sql/table-name.ts'
import type { ConstraintState, ForeignKeyState } from './constraint-state.ts'
import type { FunctionState } from './function-state.ts'
import type { IndexState } from './index-state.ts'
import type { PolicyState } from './policy-state.ts'
import type { RelationGrant, RolePrivilege } from './role-state.ts'

export type RelationKind =
  | 'table'
  | 'partitioned table'
  | 'view'
  | 'materialized view'
  | 'foreign table'
  | 'sequence'

/** It has rows of its own or in its partitions, and row security. */
export function isTable({ kind }: { readonly kind: RelationKind }): boolean {
  return kind === 'table' || kind === 'partitioned table'
}

export function isView({ kind }: { readonly kind: RelationKind }): boolean {
  return kind === 'view' || kind === 'materialized view'
}

export interface RelationState extends TableName {
  readonly kind: RelationKind
  readonly owner: string
  readonly rlsEnabled: boolean
  readonly rlsForced: boolean
  readonly isPartition: boolean
  /** A view that reads as its caller; never before PostgreSQL 15. */
  readonly securityInvoker: boolean
  readonly inExtension: boolean
  /** The name of that extension. */
  readonly extension: string | null
  readonly isUnlogged: boolean
  /** As the planner knows it; -1 before the first analyze. */
  readonly estimatedRows: number
  /** The columns a partitioned table is partitioned by; null stands for an expression. */
  readonly partitionKey: readonly (string | null)[]
  /** The direct parents of a partition or of an inheritance child. */
  readonly parents: readonly TableName[]
  /** What a view reads, directly. */
  readonly reads: readonly TableName[]
  /** Of the query of a view: to notice that it changed. */
  readonly queryHash: string | null
  readonly columns: readonly ColumnState[]
  readonly policies: readonly PolicyState[]
  readonly indexes: readonly IndexState[]
  readonly foreignKeys: readonly ForeignKeyState[]
  /** As they were granted, on the table or on a column of it. */
  readonly grants: readonly RelationGrant[]
  /** What the app roles may do, for whatever reason. */
  readonly privileges: readonly RolePrivilege[]
  /** Exclusion constraints, and whatever is NOT VALID. */
  readonly constraints: readonly ConstraintState[]
  /** The user's own, and those of PostgreSQL that are disabled. */
  readonly triggers: readonly TriggerState[]
  /** By name, without the one that makes a view. */
  readonly rules: readonly string[]
  /** Made by `create statistics`. */
  readonly statistics: readonly TableName[]
  readonly publications: readonly PublicationState[]
}

export interface ColumnState {
  readonly name: string
  /** As `format_type` writes it: `character varying(20)`, `billing.org_ref`. */
  readonly type: string
  /** `typname` of the innermost base type of a domain, else of the type itself: `uuid`, `int4`. */
  readonly baseType: string
  readonly isDomain: boolean
  /** False too while a NOT NULL constraint is NOT VALID. */
  readonly notNull: boolean
  /** As PostgreSQL deparses it. */
  readonly default: string | null
  readonly isIdentity: boolean
  /** {@link FunctionState.signature} of what its default or generation expression calls. */
  readonly defaultFunctions: readonly string[]
}

export interface TriggerState {
  readonly name: string
  /** {@link FunctionState.signature} */
  readonly function: string
  /** Made by PostgreSQL, for a foreign key. */
  readonly isInternal: boolean
  readonly isEnabled: boolean
  readonly isBeforeRow: boolean
  /** The columns of NEW that its function seems to assign: a guess from the text of its body. */
  readonly assigns: readonly string[]
}

export interface PublicationState {
  readonly name: string
  /** It names the table, and not all tables or a schema. */
  readonly namesTable: boolean
  readonly hasRowFilter: boolean
}

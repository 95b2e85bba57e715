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

/** The relation has rows, of its own or in its partitions, and can have row security. */
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
  /** The view reads as its caller; always false before PostgreSQL 15. */
  readonly securityInvoker: boolean
  readonly inExtension: boolean
  /** The name of the extension it belongs to. */
  readonly extension: string | null
  readonly isUnlogged: boolean
  /** The estimate of the planner; -1 before the first analyze. */
  readonly estimatedRows: number
  /** The columns by which the table is partitioned; null stands for an expression. */
  readonly partitionKey: readonly (string | null)[]
  /** The direct parents of a partition or of an inheritance child. */
  readonly parents: readonly TableName[]
  /** The relations that a view reads directly. */
  readonly reads: readonly TableName[]
  /** A hash of the query of a view, which shows that it changed. */
  readonly queryHash: string | null
  readonly columns: readonly ColumnState[]
  readonly policies: readonly PolicyState[]
  readonly indexes: readonly IndexState[]
  readonly foreignKeys: readonly ForeignKeyState[]
  /** The grants on the relation and on its columns. */
  readonly grants: readonly RelationGrant[]
  /** The privileges that the app roles have, whatever they come from. */
  readonly privileges: readonly RolePrivilege[]
  /** Exclusion constraints, and constraints that are NOT VALID. */
  readonly constraints: readonly ConstraintState[]
  /** The triggers of the user, and those of PostgreSQL that are disabled. */
  readonly triggers: readonly TriggerState[]
  /** The names of its rules, without the rule that makes a view. */
  readonly rules: readonly string[]
  /** The objects that `create statistics` made for it. */
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
  /** False also while the NOT NULL constraint is NOT VALID. */
  readonly notNull: boolean
  /** As PostgreSQL deparses it. */
  readonly default: string | null
  readonly isIdentity: boolean
  /** Computed from other columns, stored or not: no statement writes it. */
  readonly isGenerated: boolean
  /** Computed whenever it is read: no key and no index can hold it. Always false before PostgreSQL 18. */
  readonly isVirtual: boolean
  /** As PostgreSQL writes `baseType`, without a length: `character varying`, `public.citext`. */
  readonly plainType: string
  /** The schema of the operator `=` of its type. */
  readonly equality: string
  /** {@link FunctionState.signature} of the functions in its default or generation expression. */
  readonly defaultFunctions: readonly string[]
  /** The sequences in its default, or in that of its domain. An identity column has none: it needs no privilege. */
  readonly defaultSequences: readonly TableName[]
}

export interface TriggerState {
  readonly name: string
  /** {@link FunctionState.signature} */
  readonly function: string
  /** PostgreSQL made it for a foreign key. */
  readonly isInternal: boolean
  readonly isEnabled: boolean
  /** Also when the session replicates. */
  readonly isAlways: boolean
  readonly isBeforeRow: boolean
  /** The columns whose update it fires on, none for all of them; null: on no update. */
  readonly updateOf: readonly string[] | null
  /** Only a superuser disables it: PostgreSQL 14 takes its copies on partitions for its own. */
  readonly isSystem: boolean
  /** The columns of NEW that its function seems to assign: a guess from the text of its body. */
  readonly assigns: readonly string[]
}

export interface PublicationState {
  readonly name: string
  /** The publication names the table; it is not for all tables or for a schema. */
  readonly namesTable: boolean
  readonly hasRowFilter: boolean
}

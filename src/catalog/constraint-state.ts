import type { TableName } from '../sql/table-name.ts'

export type ReferentialAction = 'no action' | 'restrict' | 'cascade' | 'set null' | 'set default'

export interface ForeignKeyState {
  readonly name: string
  readonly columns: readonly string[]
  readonly references: TableName
  /** In the order of `columns`. */
  readonly referencedColumns: readonly string[]
  readonly onDelete: ReferentialAction
  /** The columns that `on delete set null (…)` names; empty for all, and always before PostgreSQL 15. */
  readonly onDeleteColumns: readonly string[]
  readonly onUpdate: ReferentialAction
  readonly deferrable: boolean
  readonly deferred: boolean
  readonly match: 'simple' | 'full' | 'partial'
  /** Always true before PostgreSQL 18. */
  readonly isEnforced: boolean
  /** The key has a PERIOD; always false before PostgreSQL 18. */
  readonly isTemporal: boolean
  /** As PostgreSQL deparses it: `FOREIGN KEY (project_id) REFERENCES …`. */
  readonly definition: string
  /** PostgreSQL made it for the key of a parent table: only there can it be changed. */
  readonly isPartition: boolean
  readonly comment: string | null
}

export interface ConstraintState {
  readonly name: string
  readonly kind: 'check' | 'foreign key' | 'not null' | 'exclusion' | 'other'
  readonly columns: readonly string[]
  readonly isValid: boolean
  /** As PostgreSQL deparses it: `EXCLUDE USING gist (during WITH &&)`. */
  readonly definition: string
  /** PostgreSQL made it for the constraint of a parent table: only there can it be changed. */
  readonly isPartition: boolean
}

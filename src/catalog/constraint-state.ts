import type { TableName } from '../sql/table-name.ts'

export type ReferentialAction = 'no action' | 'restrict' | 'cascade' | 'set null' | 'set default'

export interface ForeignKeyState {
  readonly name: string
  readonly columns: readonly string[]
  readonly references: TableName
  /** In the order of `columns`. */
  readonly referencedColumns: readonly string[]
  readonly onDelete: ReferentialAction
  /** What `on delete set null (…)` names; never before PostgreSQL 15. Empty: every column. */
  readonly onDeleteColumns: readonly string[]
  readonly onUpdate: ReferentialAction
  readonly deferrable: boolean
  readonly deferred: boolean
  readonly match: 'simple' | 'full' | 'partial'
  /** Always, before PostgreSQL 18. */
  readonly isEnforced: boolean
  /** It has a PERIOD; never before PostgreSQL 18. */
  readonly isTemporal: boolean
  /** As PostgreSQL deparses it: `FOREIGN KEY (project_id) REFERENCES …`. */
  readonly definition: string
  /** Made by PostgreSQL for the key of a parent table, which decides about it. */
  readonly isPartition: boolean
}

export interface ConstraintState {
  readonly name: string
  readonly kind: 'check' | 'foreign key' | 'not null' | 'exclusion' | 'other'
  readonly columns: readonly string[]
  readonly isValid: boolean
  /** As PostgreSQL deparses it: `EXCLUDE USING gist (during WITH &&)`. */
  readonly definition: string
  /** Made by PostgreSQL for the constraint of a parent table, which decides about it. */
  readonly isPartition: boolean
}

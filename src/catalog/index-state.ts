export interface IndexState {
  readonly name: string
  /** The key columns; null stands for an expression. */
  readonly columns: readonly (string | null)[]
  /** The key columns as PostgreSQL deparses them. */
  readonly keys: readonly string[]
  /** For each of them: it can serve a condition under row security, because its operators are LEAKPROOF. */
  readonly leakproof: readonly boolean[]
  readonly method: string
  readonly isUnique: boolean
  readonly isPrimary: boolean
  /** It can be used: no build of it failed, and on a partitioned table it has all its parts. */
  readonly isValid: boolean
  /** The condition of a partial index, as PostgreSQL deparses it. */
  readonly predicate: string | null
  /** The name of the constraint that owns it. */
  readonly constraint: string | null
  /** It is attached to the index of a parent table: only there can it be changed. */
  readonly isPartition: boolean
  /** As PostgreSQL deparses it: `CREATE UNIQUE INDEX …`. */
  readonly definition: string
  /** The constraint as PostgreSQL deparses it: `PRIMARY KEY (id)`. */
  readonly constraintDefinition: string | null
  /** `replica identity using index` names it. */
  readonly isReplicaIdentity: boolean
  readonly extras: IndexExtras
  /** Without the constraint these cannot be: `view public.titles` groups by the key. */
  readonly dependents: readonly string[]
}

/** An index has them beside its definition, and a new one of the same definition lacks them. */
export interface IndexExtras {
  readonly comment: string | null
  readonly constraintComment: string | null
  /** `cluster` sorts the table by it. */
  readonly isClustered: boolean
  /** The statistics target of each key; -1 stands for the default. */
  readonly statistics: readonly number[]
  /** As SQL has them: `fillfactor='70'`. */
  readonly options: readonly string[]
  /** null stands for that of the database. */
  readonly tablespace: string | null
}

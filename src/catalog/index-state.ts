export interface IndexState {
  readonly name: string
  /** The key columns; null stands for an expression. */
  readonly columns: readonly (string | null)[]
  /** The same as PostgreSQL deparses them. */
  readonly keys: readonly string[]
  /** Which of them can serve a condition under row security: all operators are LEAKPROOF. */
  readonly leakproof: readonly boolean[]
  readonly method: string
  readonly isUnique: boolean
  readonly isPrimary: boolean
  /** Usable: neither left by a failed build nor incomplete on a partitioned table. */
  readonly isValid: boolean
  /** Of a partial index, as PostgreSQL deparses it. */
  readonly predicate: string | null
  /** Of the constraint that owns it. */
  readonly constraint: string | null
  /** Attached to the index of a parent table, which decides about it. */
  readonly isPartition: boolean
  /** As PostgreSQL deparses it: `CREATE UNIQUE INDEX …`. */
  readonly definition: string
  /** The same of the constraint: `PRIMARY KEY (id)`. */
  readonly constraintDefinition: string | null
  /** `replica identity using index` names it. */
  readonly isReplicaIdentity: boolean
  /** Without the constraint these cannot be: `view public.titles` groups by the key. */
  readonly dependents: readonly string[]
}

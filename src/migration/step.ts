import type { TableName } from '../table-name.ts'

/** One statement and what undoes it. */
export interface Step {
  readonly table: TableName
  /** Becomes the comment above the statement in the written file. */
  readonly why: string
  readonly up: string
  /**
   * Restores the state that was captured, together with the `down` of the steps before. Empty when
   * that of an earlier step is enough: a dropped policy takes its comment along.
   */
  readonly down: readonly string[]
  /** Taken on the table until the transaction ends. A test compares it with `pg_locks`. */
  readonly lock: Lock
  /** What it can do to an application that is running. */
  readonly hazard?: string
}

export type Lock = 'access share' | 'access exclusive'

/** Steps that share a transaction, hence a file. */
export interface Phase {
  readonly name: 'policies' | 'force'
  readonly steps: readonly Step[]
}

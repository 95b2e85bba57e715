import type { TableName } from '../sql/table-name.ts'

/** One statement and what undoes it. */
export interface Step {
  readonly table: TableName
  /** Partitions and children that the statement reaches too; it takes the same lock on them. */
  readonly reaches?: readonly TableName[]
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
  /** The danger for an application that is running. */
  readonly hazard?: string
  /** The same of `down`, and the data that `down` loses. */
  readonly downHazard?: string
}

/** From the weakest to the strongest. `share` is the first that makes writers wait. */
export const LOCKS = [
  'none',
  'access share',
  'row exclusive',
  'share update exclusive',
  'share',
  'share row exclusive',
  'access exclusive',
] as const

export type Lock = (typeof LOCKS)[number]

/** In the order they run. */
export const PHASES = [
  'columns',
  'backfill',
  'indexes',
  'constraints',
  'validation',
  'keys',
  'privileges',
  'policies',
  'force',
] as const

export type PhaseName = (typeof PHASES)[number]

/** Steps that share a file and, where the phase has one, a transaction. */
export interface Phase {
  readonly name: PhaseName
  readonly steps: readonly Step[]
  /** Only observes, where others enforce. */
  readonly isObserving?: true
}

/** A concurrent index can be built in no transaction, and a backfill in batches needs many. */
export function hasTransaction({ name }: Pick<Phase, 'name'>): boolean {
  return name !== 'backfill' && name !== 'indexes'
}

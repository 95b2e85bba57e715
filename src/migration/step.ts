import type { TableName } from '../sql/table-name.ts'

/** One statement and what undoes it. */
export interface Step {
  readonly table: TableName
  /** Partitions and children that the statement reaches too; it takes the same lock on them. */
  readonly reaches?: readonly TableName[]
  /** Becomes the comment above the statement in the written file. */
  readonly why: string
  /** The change in few words, for a list of what the table gets. A step that only serves another has none. */
  readonly outcome?: string
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
  /** Removes what an interrupted run of the file has left; without one it has no effect. */
  readonly isCleanUp?: true
  /** The same inside a transaction, where `up` cannot run in one, for a tool that knows no other way. */
  readonly inTransaction?: Pick<Step, 'up' | 'down' | 'lock' | 'hazard'>
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
  /** In a file with a transaction, although it would need none: see `Step.inTransaction`. */
  readonly isInTransaction?: true
  /** Has a file for each statement. */
  readonly isSingle?: true
}

/** A concurrent index can be built in no transaction, and a backfill in batches needs many. */
export function hasTransaction({
  name,
  isInTransaction,
}: Pick<Phase, 'name' | 'isInTransaction'>): boolean {
  return isInTransaction === true || (name !== 'backfill' && name !== 'indexes')
}

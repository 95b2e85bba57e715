import type { TableName } from '../sql/table-name.ts'

/**
 * What the policies of a table let through: tried out on rows that nobody has, with every state that
 * the tenant setting can be in, and compared with the policies that are wanted. Only what differs is kept.
 */
export interface TruthTable extends TableName {
  /** Of the config that it was made for: with another one it says nothing. */
  readonly column: string
  readonly setting: string
  readonly shared: boolean
  readonly access: 'full' | 'boundary'
  readonly effects: readonly Effect[]
}

/**
 * What a row is asked for: the USING clause of reading, updating and deleting, the WITH CHECK clause of
 * inserting and of what an update makes of a row.
 */
export type Clause = 'select' | 'insert' | 'update' | 'updated row' | 'delete'

export interface Effect {
  /** null: all the policies of the role together, as PostgreSQL combines them. */
  readonly policy: string | null
  /** null: whoever is nobody in particular; a policy alone is the same for every role. */
  readonly role: string | null
  readonly clause: Clause
  /** It lets through what the wanted one does not. */
  readonly more: readonly Cell[]
  /** It does not let through what the wanted one does. */
  readonly less: readonly Cell[]
  /** Why there could be more of it than what was found; null when there cannot. */
  readonly moreDoubt: string | null
  readonly lessDoubt: string | null
}

/** In words that mean the same in every snapshot: the ids that were tried are never the same. */
export interface Cell {
  /** `with no tenant set`, `with tenant A` */
  readonly given: string
  /** `a row of tenant B` */
  readonly row: string
  /** What else the row holds, where it matters: `is_public = true`. */
  readonly values: string
}

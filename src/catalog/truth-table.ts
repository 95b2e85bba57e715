import type { TableName } from '../sql/table-name.ts'

/**
 * The rows that the policies of a table let through, compared with the wanted policies: the server
 * evaluates both for made-up rows, in every state of the tenant setting. Only the differences are kept.
 */
export interface TruthTable extends TableName {
  /** This and the next three are as the config had them: for another config it does not hold. */
  readonly column: string
  readonly setting: string
  readonly shared: boolean
  readonly access: 'full' | 'boundary'
  readonly effects: readonly Effect[]
}

/**
 * The clause that a row must pass: USING for reading, updating and deleting it, WITH CHECK for inserting it
 * and for the new version that an update makes.
 */
export type Clause = 'select' | 'insert' | 'update' | 'updated row' | 'delete'

export interface Effect {
  /** null for all policies of the role together, as PostgreSQL combines them. */
  readonly policy: string | null
  /** null for a policy alone, which is the same for every role, and where the config names no role. */
  readonly role: string | null
  readonly clause: Clause
  /** The cells that the wanted conditions refuse, and these let through. */
  readonly more: readonly Cell[]
  /** The cells that the wanted conditions let through, and these refuse. */
  readonly less: readonly Cell[]
  /** The reason why there could be more such cells than were found; null when there cannot. */
  readonly moreDoubt: string | null
  readonly lessDoubt: string | null
}

/** A state of the settings and a row, in words: the ids are others in each snapshot, the words are not. */
export interface Cell {
  /** `with no tenant set`, `with tenant A` */
  readonly given: string
  /** `a row of tenant B` */
  readonly row: string
  /** The other values of the row, where they matter: `is_public = true`. */
  readonly values: string
}

/** A body reduced to its facts: no text of it, no constant but the names of settings. */
export interface BodyFacts {
  readonly statements: readonly BodyStatement[]
  /** Where it puts SQL together and runs it. */
  readonly dynamicAt: number | null
  /** Its language is none that names are read from. */
  readonly isUnread: boolean
  /** The columns of OLD and NEW that it takes; `*` is the row. */
  readonly rowColumns: readonly string[]
  /** The columns of OLD and NEW that can be in a notification that it sends; null when it sends none. */
  readonly notifies: readonly string[] | null
  /** The settings that it sets, in lower case. */
  readonly sets: readonly string[]
}

export interface BodyStatement {
  readonly relations: readonly NamedRelation[]
  readonly calls: readonly NamedCall[]
  /** Columns that must equal something, and that is not a column. */
  readonly equals: readonly Equality[]
  /** It says OR, so that no condition of it must be true. */
  readonly hasOr: boolean
}

export type Verb = 'read' | 'insert' | 'update' | 'delete' | 'truncate' | 'define'

interface Named {
  /** null: the search_path decides. */
  readonly schema: string | null
  readonly name: string
  /** Offset in the body, in characters. */
  readonly at: number
}

export interface NamedRelation extends Named {
  readonly verb: Verb
  /** In a string that is run as SQL. */
  readonly isInString: boolean
}

export type NamedCall = Named

export interface Equality {
  readonly column: string
  /** A column of OLD or NEW, or a setting. */
  readonly to: 'row' | 'setting'
  /** Of that column or setting. */
  readonly name: string
}

export const NO_BODY: BodyFacts = {
  statements: [],
  dynamicAt: null,
  isUnread: false,
  rowColumns: [],
  notifies: null,
  sets: [],
}

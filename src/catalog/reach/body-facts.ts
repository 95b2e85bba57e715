/** A body reduced to its facts: no text of it, no constant but the names of settings. */
export interface BodyFacts {
  readonly statements: readonly BodyStatement[]
  /** Where it puts SQL together and runs it. */
  readonly dynamicAt: number | null
  /** Where it gives away roles, schemas or whole sets of privileges. */
  readonly administersAt: number | null
  /** The setting that is all it returns. */
  readonly returnsSetting: string | null
  /** Its language is none that names are read from. */
  readonly isUnread: boolean
  /** The columns of OLD and NEW that it takes; `*` is the row. */
  readonly rowColumns: readonly string[]
  /** The columns of OLD and NEW that can be in a notification that it sends; null when it sends none. */
  readonly notifies: readonly string[] | null
  /** The settings that it sets. */
  readonly sets: readonly SetSetting[]
}

export interface BodyStatement {
  readonly relations: readonly NamedRelation[]
  readonly calls: readonly NamedCall[]
  /** Columns that must equal something in every row that it uses. */
  readonly equals: readonly Equality[]
}

export interface SetSetting {
  /** In lower case; `*` where it is put together. */
  readonly name: string
  /** Offset in the body, in characters. */
  readonly at: number
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
  /** A column of OLD or NEW, a setting, the result of a function without arguments, another column. */
  readonly to: 'row' | 'setting' | 'call' | 'column'
  /** Of that column, setting or function. */
  readonly name: string
}

export const NO_BODY: BodyFacts = {
  statements: [],
  dynamicAt: null,
  administersAt: null,
  returnsSetting: null,
  isUnread: false,
  rowColumns: [],
  notifies: null,
  sets: [],
}

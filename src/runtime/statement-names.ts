import type { ClientState } from './client-state.ts'
import { type PreparedStatement, PreparedStatements } from './prepared-statements.ts'
import { RecentTexts } from './recent-texts.ts'
import type { Statement } from './statement.ts'
import { isUsual, mayChangeTables } from './table-changes.ts'

/** `'auto'`: what comes again on a direct connection, where it can cause no error. */
export type Prepare = 'auto' | { readonly max: number } | false

const AUTO_MAX = 256
/** Characters of all texts that have a name on one connection. */
const AUTO_MAX_LENGTH = 256 * 1024

/** The texts of one connection in the mode `'auto'`. */
interface Repeats {
  readonly seen: RecentTexts
  /** Texts that the open transaction has executed: its locks keep their tables as they are. */
  readonly held: Map<string, 'executed' | 'named'>
  generation: number
}

/** Which statements of a pool are named prepared statements. */
export class StatementNames {
  readonly #max: number
  readonly #isAuto: boolean
  readonly #repeats = new WeakMap<ClientState, Repeats>()
  // Counts the changes of tables that were met: after one, every connection prepares anew.
  #generation = 0

  constructor(prepare: Prepare) {
    this.#isAuto = prepare === 'auto'
    this.#max = prepare === 'auto' ? AUTO_MAX : prepare === false ? 0 : prepare.max
  }

  /** Undefined: the statement goes without a name. */
  nameFor(state: ClientState, statement: Statement): PreparedStatement | undefined {
    if (this.#max === 0) return undefined
    const { kind } = statement
    if (kind !== 'statement') {
      this.#repeats.get(state)?.held.clear()
      return undefined
    }
    const prepared = this.#preparedOf(state)
    if (!prepared) return undefined
    if (this.#isAuto) return this.#auto(state, prepared, statement)
    // A pooler may not know the name: in a transaction only the first one could be sent again.
    return state.direct === true
      ? prepared.use(keyOf(statement))
      : this.#safe(state, prepared, statement)
  }

  /** The server has dropped every named statement. */
  forget(state: ClientState): void {
    this.#preparedOf(state)?.forget()
  }

  /** A table has changed: the statement, its columns or its parameters became others. */
  changed(state: ClientState, statement: Statement, isCertain: boolean): void {
    if (isCertain) this.#generation++
    this.#preparedOf(state)?.drop(keyOf(statement))
  }

  #auto(
    state: ClientState,
    prepared: PreparedStatements,
    statement: Statement,
  ): PreparedStatement | undefined {
    const repeats = this.#repeatsOf(state, prepared)
    const key = keyOf(statement)
    const isNew = !repeats.seen.has(key)
    if (isNew) repeats.seen.add(key)
    // A pooler may give the next statement another session.
    if (state.direct !== true) return undefined
    if (!isNew) return this.#safe(state, prepared, statement)
    note(repeats, statement, key)
    return undefined
  }

  /**
   * A table that changes makes a named statement fail where a new one would not. Outside a transaction, and
   * as the first of one, it is sent again; later in one a name is safe that was prepared or has succeeded
   * behind the locks of the transaction itself.
   */
  #safe(
    state: ClientState,
    prepared: PreparedStatements,
    statement: Statement,
  ): PreparedStatement | undefined {
    const repeats = this.#repeatsOf(state, prepared)
    const { held } = repeats
    const key = keyOf(statement)
    const known = held.get(key)
    note(repeats, statement, key)
    if (!isUsual(statement.text)) return undefined
    const isFirst = statement.status === 'I' || statement.opening !== undefined
    if (!isFirst && known === undefined) return undefined
    // A change before the transaction may have made another statement of it than its name has.
    if (known === 'executed') prepared.drop(key)
    if (held.has(key)) held.set(key, 'named')
    return prepared.use(key)
  }

  #repeatsOf(state: ClientState, prepared: PreparedStatements): Repeats {
    let repeats = this.#repeats.get(state)
    if (!repeats) {
      repeats = {
        seen: new RecentTexts(2 * AUTO_MAX, 2 * AUTO_MAX_LENGTH),
        held: new Map(),
        generation: 0,
      }
      this.#repeats.set(state, repeats)
    }
    if (repeats.generation !== this.#generation) {
      repeats.generation = this.#generation
      prepared.forget()
    }
    return repeats
  }

  #preparedOf(state: ClientState): PreparedStatements | undefined {
    if (this.#max === 0 || state.statements === 'off') return undefined
    state.statements ??= this.#isAuto
      ? new PreparedStatements(this.#max, AUTO_MAX_LENGTH)
      : new PreparedStatements(this.#max)
    return state.statements
  }
}

/** Notes the statements of a transaction, and forgets them behind one that may have changed a table. */
function note({ held }: Repeats, { status, text }: Statement, key: string): void {
  if (status !== 'T' || held.has(key)) return
  if (held.size >= AUTO_MAX || mayChangeTables(text)) held.clear()
  else held.set(key, 'executed')
}

/** The same text over the schema of another tenant is another statement. */
function keyOf({ text, scope: { settings } }: Statement): string {
  if (settings.length === 0) return text
  const path = settings.find(([name]) => name === 'search_path')?.[1]
  return path === undefined ? text : `${path}\0${text}`
}

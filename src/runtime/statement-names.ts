import type { ClientState } from './client-state.ts'
import { type PreparedStatement, PreparedStatements } from './prepared-statements.ts'
import { RecentTexts } from './recent-texts.ts'
import type { Statement } from './statement.ts'

/** `'auto'`: what comes again on a direct connection, where it can cause no error. */
export type Prepare = 'auto' | { readonly max: number } | false

const AUTO_MAX = 256

/** The texts of one connection in the mode `'auto'`. */
interface Repeats {
  readonly seen: RecentTexts
  /** Names that the open transaction has executed: its locks keep their tables as they are. */
  readonly held: Set<string>
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

  /** A table has changed: the statement, or its columns, became another one. */
  changed(state: ClientState, statement: Statement): void {
    this.#generation++
    this.#preparedOf(state)?.drop(keyOf(statement))
  }

  #auto(
    state: ClientState,
    prepared: PreparedStatements,
    statement: Statement,
  ): PreparedStatement | undefined {
    const repeats = this.#repeatsOf(state, prepared)
    const key = keyOf(statement)
    if (!repeats.seen.has(key)) {
      repeats.seen.add(key)
      if (!isUsual(statement.text)) repeats.held.clear()
      return undefined
    }
    // A pooler may give the next statement another session.
    return this.#safe(state, prepared, statement, state.direct === true)
  }

  #safe(
    state: ClientState,
    prepared: PreparedStatements,
    statement: Statement,
    isWanted = true,
  ): PreparedStatement | undefined {
    const { held } = this.#repeatsOf(state, prepared)
    const key = keyOf(statement)
    if (!isSafe(statement, held, key) || !isWanted) return undefined
    if (statement.status === 'T') held.add(key)
    return prepared.use(key)
  }

  #repeatsOf(state: ClientState, prepared: PreparedStatements): Repeats {
    let repeats = this.#repeats.get(state)
    if (!repeats) {
      repeats = { seen: new RecentTexts(2 * AUTO_MAX), held: new Set(), generation: 0 }
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
    state.statements ??= new PreparedStatements(this.#max)
    return state.statements
  }
}

/**
 * A table that changes makes a named statement fail where a new one would not. Outside a transaction, and
 * as the first of one, it is sent again; later in one only what the transaction itself has locked is safe.
 */
function isSafe({ status, opening, text }: Statement, held: Set<string>, key: string): boolean {
  if (!isUsual(text)) {
    held.clear()
    return false
  }
  return status === 'I' || opening !== undefined || held.has(key)
}

// Other commands may change a table, or are cheap to parse.
const USUAL = /^\s*(?:select|insert|update|delete|with|merge|values)\b/i

function isUsual(text: string): boolean {
  return USUAL.test(text)
}

/** The same text over the schema of another tenant is another statement. */
function keyOf({ text, scope: { settings } }: Statement): string {
  if (settings.length === 0) return text
  const path = settings.find(([name]) => name === 'search_path')?.[1]
  return path === undefined ? text : `${path}\0${text}`
}

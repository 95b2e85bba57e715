import { literal } from '../../sql/literal.ts'
import {
  ASKED_SETTINGS,
  type Facts,
  NO_TEMPORARY_SCHEMA,
  SETTINGS,
  TEMPORARY_OBJECTS,
} from './facts.ts'

const EQUAL = 'operator(pg_catalog.=)'

/**
 * `schema` holds where the session has never had any, and costs the least. `refused`: the session is known
 * not to be clean.
 */
export type TemporaryQuestion = 'unasked' | 'schema' | 'objects' | 'refused'

/** The state that a session is compared with: the one before the first lease of its client. */
export class Baseline {
  readonly facts: Facts
  /** The session is the client's own, and not one that a pooler lends. */
  readonly isOwn: boolean
  /** Texts of statements that hold the condition, made once for each client. */
  readonly texts: Record<string, string> = {}
  readonly #settings: string

  constructor(facts: Facts, isOwn: boolean) {
    this.facts = facts
    this.isOwn = isOwn
    // Behind a pooler the next session may be one of another login.
    const users = isOwn
      ? [
          `current_user ${EQUAL} ${literal(facts.user)}`,
          `session_user ${EQUAL} ${literal(facts.login)}`,
        ]
      : [is('role', facts.role)]
    const asked = ASKED_SETTINGS.map((name) => is(name, facts.settings[name] ?? ''))
    this.#settings = [...users, ...asked].join(' and ')
  }

  /** Those that are compared with it, where a comparison costs nothing or may cost more. */
  get #compared(): readonly string[] {
    return this.isOwn
      ? SETTINGS.filter((name) => this.facts.settings[name] !== null)
      : ASKED_SETTINGS
  }

  /** Temporary objects that were there at first stay: those of a connect hook. */
  get keepsTemporary(): boolean {
    return this.isOwn && this.facts.temporary.length > 0
  }

  /**
   * SQL that is true in a session without residue. Hold cursors are not asked for: to close them
   * costs less.
   *
   * @param temporary what it asks about temporary objects
   */
  condition(temporary: TemporaryQuestion): string {
    if (temporary === 'refused') return 'false'
    if (temporary === 'unasked') return this.#settings
    const isSchema = temporary === 'schema' && !this.keepsTemporary
    const none = isSchema ? NO_TEMPORARY_SCHEMA : this.#noTemporaryObjects()
    return `${none} and ${this.#settings}`
  }

  /** SQL like that of `condition`, for a session that is asked for all that a clean-up puts back. */
  get wholeCondition(): string {
    const settings = this.#compared.map((name) => is(name, this.facts.settings[name] ?? ''))
    return [this.condition('objects'), ...settings].join(' and ')
  }

  /** @param reported settings by name, as the server has reported them since the client is watched */
  isReportedOtherwise(reported: ReadonlyMap<string, string>): boolean {
    if (!this.isOwn) return false
    for (const [name, value] of reported) {
      const known = this.facts.settings[name]
      if (known !== undefined && known !== value) return true
    }
    return false
  }

  /** How a session differs, for people. */
  differences(facts: Facts): string[] {
    const found: string[] = []
    const kept = new Set(this.keepsTemporary ? this.facts.temporary : [])
    if (facts.temporary.some((oid) => !kept.has(oid))) found.push('temporary objects')
    if (facts.holdsCursor) found.push('a cursor with hold')
    if (this.isOwn && facts.login !== this.facts.login) found.push(`session_user ${facts.login}`)
    if (facts.user !== this.facts.user) found.push(`current_user ${facts.user}`)
    for (const name of this.#compared) {
      const value = facts.settings[name]
      if (value !== this.facts.settings[name]) found.push(`${name} ${value}`)
    }
    return found
  }

  #noTemporaryObjects(): string {
    const kept = this.keepsTemporary
      ? ` and objid operator(pg_catalog.<>) all ('{${this.facts.temporary.join(',')}}'::pg_catalog.oid[])`
      : ''
    return `not exists (select ${TEMPORARY_OBJECTS}${kept})`
  }
}

function is(setting: string, value: string): string {
  return `pg_catalog.current_setting('${setting}') ${EQUAL} ${literal(value)}`
}

/** The part of the state of a client that holds its baseline. */
interface BaselineHolder {
  baseline: Baseline | undefined
  readonly prepared: Set<string>
}

/** From now on the session of a client is held against this one. */
export function setBaseline(state: BaselineHolder, baseline: Baseline): void {
  const isSame = JSON.stringify(state.baseline?.facts) === JSON.stringify(baseline.facts)
  if (isSame && state.baseline?.isOwn === baseline.isOwn) return
  state.baseline = baseline
  // The condition is a part of their texts.
  state.prepared.clear()
}

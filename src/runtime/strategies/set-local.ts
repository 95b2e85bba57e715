import { literal } from '../../sql/literal.ts'
import type { ClientState } from '../client-state.ts'
import type { PgConnection } from '../pg-client.ts'
import type { TemporaryQuestion } from '../residue/baseline.ts'
import { CLOSE_ALL, DISCARD_TEMP } from '../residue/commands.ts'
import { proofOf, receiveFacts, temporaryQuestion } from '../residue/proof.ts'
import { orRefuse } from '../residue/refusal.ts'
import type { Scope } from '../scope.ts'
import type { Prelude, PreludeContext, Strategy } from './strategy.ts'

/**
 * A transaction of its own around each statement, in one write: for poolers that pin a client whose
 * session a SELECT may have changed, and for databases where EXECUTE on `set_config` is revoked.
 * `SET` takes no parameters, so the tenant is a literal here.
 * https://www.postgresql.org/docs/current/sql-set.html
 */
export function setLocalStrategy(setting: string): Strategy {
  return {
    name: 'set-local',
    prelude: (state, context) => setLocalPrelude(setting, state, context),
  }
}

export function setLocalPrelude(
  setting: string,
  state: ClientState,
  context: PreludeContext,
): Prelude {
  return new SetLocalPrelude(state, setting, context)
}

class SetLocalPrelude implements Prelude {
  readonly begins: boolean
  readonly cleans: boolean
  readonly #state: ClientState
  readonly #asks: boolean
  readonly #texts: readonly string[]

  constructor(state: ClientState, setting: string, context: PreludeContext) {
    const { scope, status, isUnbound, isFirst } = context
    this.begins = status === 'I'
    this.#state = state
    this.#asks = isFirst && state.baseline === undefined
    const texts: string[] = []
    const temporary = isFirst ? temporaryQuestion(state, context) : undefined
    this.cleans = temporary === 'unasked'
    if (this.cleans) texts.push(DISCARD_TEMP.text)
    if (isFirst) texts.push(CLOSE_ALL.text)
    // In front of `begin`, where an error leaves no transaction behind.
    if (isFirst || isUnbound) texts.push(question(state, setting, temporary))
    if (this.begins) texts.push('begin')
    texts.push(...assignments(setting, scope))
    this.#texts = texts
  }

  get commands(): number {
    return this.#texts.length
  }

  send(connection: PgConnection): void {
    for (const text of this.#texts) {
      connection.parse({ text })
      connection.bind({ values: [] })
      connection.execute({})
    }
  }

  receive(row: readonly (string | null)[]): string | null {
    if (this.#asks) receiveFacts(this.#state, row[row.length - 1])
    return row[0] ?? null
  }
}

/** The value that is replaced comes first: outside a transaction there must be none. */
function question(
  state: ClientState,
  setting: string,
  temporary: TemporaryQuestion | undefined,
): string {
  const text = `select pg_catalog.current_setting(${literal(setting)},true)`
  if (!temporary) return text
  const { condition, facts } = proofOf(state, temporary)
  const refusing = `${text},pg_catalog.current_setting(${orRefuse(condition, "'role'")})`
  return facts ? `${refusing},${facts}` : refusing
}

function assignments(setting: string, { tenant, settings }: Scope): string[] {
  return [[setting, tenant] as const, ...settings].map(
    ([name, value]) => `set local ${quotedParts(name)} = ${assigned(name, value)}`,
  )
}

// SET takes the names of a path one by one; a literal would be one name. They were quoted when it was made.
function assigned(name: string, value: string): string {
  return name === 'search_path' ? value : literal(value)
}

// `app.user` is a setting name, and `user` a reserved word.
function quotedParts(name: string): string {
  return name
    .split('.')
    .map((part) => `"${part}"`)
    .join('.')
}

import { literal } from '../../sql/literal.ts'
import { dollarQuoted } from '../../sql/quote.ts'
import type { ClientState } from '../client-state.ts'
import type { PgConnection } from '../pg-client.ts'
import type { Prelude } from '../strategies/strategy.ts'
import { Baseline, setBaseline } from './baseline.ts'
import { FACTS, type Facts, readFacts, SETTINGS, TEMPORARY_OBJECTS } from './facts.ts'

/** Back to the defaults of login and database: behind a pooler the session has no other past. */
const RESETS = [
  'reset session authorization',
  'reset role',
  'reset row_security',
  'reset search_path',
  'reset statement_timeout',
]

/**
 * The commands that take residue off a session. Not DISCARD ALL: a connect hook may have chosen a role
 * and settings, and the statements that are prepared stay.
 * https://www.postgresql.org/docs/current/sql-discard.html
 *
 * @param baseline undefined where a pooler lent a session that was not known yet
 */
export function cleaningTexts(baseline: Baseline | undefined): string[] {
  const texts = ['close all', ...(baseline?.isOwn ? restoring(baseline.facts) : RESETS)]
  texts.push(baseline?.keepsTemporary ? droppingOthers(baseline.facts) : 'discard temp')
  if (!baseline?.facts.listens) texts.push('unlisten *')
  return texts
}

// `set` and not `set_config`, whose EXECUTE may have been revoked.
function restoring({ login, role, settings }: Facts): string[] {
  const texts = [
    `set session authorization ${quoted(login)}`,
    `set role ${role === 'none' ? 'none' : quoted(role)}`,
  ]
  for (const name of SETTINGS) {
    const value = settings[name] ?? undefined
    if (value === undefined) continue
    // A path in one literal would be one schema.
    texts.push(`set ${name} = ${name === 'search_path' ? pathOf(value) : literal(value)}`)
  }
  return texts
}

const SCHEMA = /\s*(?:"((?:[^"]|"")*)"|([^\s,"]+))\s*(?:,|$)/g

function pathOf(value: string): string {
  const schemas = Array.from(value.matchAll(SCHEMA), ([, exact, plain]) =>
    exact === undefined ? (plain ?? '').toLowerCase() : exact.replaceAll('""', '"'),
  )
  return schemas.length === 0 ? "''" : schemas.map(literal).join(', ')
}

function droppingOthers({ temporary }: Facts): string {
  return `do ${dollarQuoted(`
    declare object record;
    begin
      for object in select (pg_catalog.pg_identify_object(classid, objid, 0)).* ${TEMPORARY_OBJECTS}
        and objid operator(pg_catalog.<>) all ('{${temporary.join(',')}}'::pg_catalog.oid[])
      loop
        execute pg_catalog.format('drop %s if exists %s cascade',
          case object.type when 'composite type' then 'type' else object.type end, object.identity);
      end loop;
    end`)}`
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/**
 * A clean-up in front of a prelude, in the same write. The facts of before say what was found, those of
 * after are what the session is held against from now on: `set` spells a search_path in its own way.
 */
export class CleanUp implements Prelude {
  readonly commands: number
  readonly begins: boolean
  readonly cleans = true
  readonly #state: ClientState
  readonly #texts: readonly string[]
  readonly #inner: Prelude | undefined
  readonly #onFound: (found: readonly string[]) => void
  #before: Facts | undefined
  #isDone = false

  /**
   * @param first commands in front of the clean-up
   * @param onFound told what the clean-up took away, when it is done
   */
  constructor(
    state: ClientState,
    inner: Prelude | undefined,
    onFound: (found: readonly string[]) => void,
    first: readonly string[] = [],
  ) {
    this.#state = state
    this.#inner = inner
    this.#onFound = onFound
    this.#texts = [...first, `select ${FACTS}`, ...cleaningTexts(state.baseline), `select ${FACTS}`]
    this.commands = this.#texts.length + (inner?.commands ?? 0)
    this.begins = inner?.begins ?? false
  }

  send(connection: PgConnection): void {
    for (const text of this.#texts) {
      connection.parse({ text })
      connection.bind({ values: [] })
      connection.execute({})
    }
    this.#inner?.send(connection)
  }

  receive(row: readonly (string | null)[]): string | null {
    if (this.#isDone) return this.#inner?.receive(row) ?? null
    const facts = readFacts(row[0])
    if (!this.#before) this.#before = facts
    else this.#done(this.#before, facts)
    return null
  }

  #done(before: Facts, after: Facts): void {
    this.#isDone = true
    const state = this.#state
    state.direct ??= state.pid === undefined || after.pid === state.pid
    const baseline = new Baseline(after, state.baseline?.isOwn ?? state.direct)
    setBaseline(state, baseline)
    if (before.hasTemporarySchema && !baseline.keepsTemporary) state.discards = true
    this.#onFound(baseline.differences(before))
  }
}

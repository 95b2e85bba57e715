import { sendPrepared } from '../bind-and-execute.ts'
import { type ClientState, MAX_LOSSES } from '../client-state.ts'
import type { PgConnection } from '../pg-client.ts'
import type { TemporaryQuestion } from '../residue/baseline.ts'
import { CLOSE_ALL, DISCARD_TEMP, type Utility } from '../residue/commands.ts'
import { proofOf, receiveFacts, temporaryQuestion } from '../residue/proof.ts'
import { orRefuse } from '../residue/refusal.ts'
import { isReadOnly, type Scope } from '../scope.ts'
import { setLocalPrelude } from './set-local.ts'
import type { Prelude, Strategy } from './strategy.ts'

/**
 * The setting is local to the implicit transaction that the prelude and the statement share: the
 * server drops it at the Sync, whatever the outcome, and skips the statement if the prelude fails.
 * https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-PIPELINING
 */
export function localStrategy(setting: string): Strategy {
  return {
    name: 'local',
    prelude: (state, context) => {
      // Before PostgreSQL 17, a DO block that commits would go on without the refusal of writes.
      if (context.status === 'I' && isReadOnly(context.scope)) {
        return setLocalPrelude(setting, state, context)
      }
      return new LocalPrelude(
        state,
        parametersOf(context.scope, setting),
        context.isFirst ? temporaryQuestion(state, context) : undefined,
      )
    },
  }
}

class LocalPrelude implements Prelude {
  readonly begins = false
  readonly cleans: boolean
  readonly commands: number
  readonly #state: ClientState
  readonly #parameters: readonly string[]
  // Given, it is the first of its lease.
  readonly #temporary: TemporaryQuestion | undefined
  // The first statement of a connection asks how its session is, and whose.
  readonly #asks: boolean
  readonly #key: string
  readonly #isNamed: boolean

  constructor(
    state: ClientState,
    parameters: readonly string[],
    temporary: TemporaryQuestion | undefined,
  ) {
    this.#state = state
    this.#parameters = parameters
    this.#temporary = temporary
    this.#asks = temporary !== undefined && state.baseline === undefined
    this.#key = nameFor(parameters.length, temporary)
    // A pooler may give the next statement another backend, which does not know the name.
    this.#isNamed = state.direct === true && !this.#asks && state.losses < MAX_LOSSES
    this.cleans = temporary === 'unasked'
    this.commands = temporary === undefined ? 1 : this.cleans ? 3 : 2
  }

  send(connection: PgConnection): void {
    if (this.cleans) this.#utility(connection, DISCARD_TEMP)
    if (this.#temporary) this.#utility(connection, CLOSE_ALL)
    if (this.#isNamed) {
      if (!this.#state.prepared.has(this.#key)) this.#prepare(connection, this.#key, this.#text())
      sendPrepared(connection, this.#key, this.#parameters)
    } else {
      connection.parse({ text: this.#text() })
      connection.bind({ values: this.#parameters })
      connection.execute({})
    }
  }

  receive(row: readonly (string | null)[]): string | null {
    if (this.#asks) receiveFacts(this.#state, row[2])
    const { prepared } = this.#state
    if (this.#isNamed && !prepared.has(this.#key)) {
      prepared.add(this.#key)
      if (this.#temporary) prepared.add(CLOSE_ALL.name)
      if (this.cleans) prepared.add(DISCARD_TEMP.name)
    }
    return row[0] ?? null
  }

  #utility(connection: PgConnection, { name, text, message }: Utility): void {
    if (this.#isNamed) {
      if (!this.#state.prepared.has(name)) this.#prepare(connection, name, text)
      sendPrepared(connection, name, NO_VALUES, message)
    } else {
      connection.parse({ text })
      connection.bind({ values: [] })
      connection.execute({})
    }
  }

  #prepare(connection: PgConnection, name: string, text: string): void {
    // After a DEALLOCATE the server may have it or not.
    connection.close({ type: 'S', name })
    connection.parse({ text, name })
  }

  /** Composed once for each client, and once for all where it holds no condition. */
  #text(): string {
    if (this.#asks) return this.#compose()
    const texts = (this.#temporary && this.#state.baseline?.texts) || plainTexts
    texts[this.#key] ??= this.#compose()
    return texts[this.#key] as string
  }

  // The value that is replaced comes first: outside a transaction there must be none.
  #compose(): string {
    const proof = this.#temporary && proofOf(this.#state, this.#temporary)
    const name = proof ? orRefuse(proof.condition, '$1') : '$1'
    let text = `select pg_catalog.current_setting($1,true),pg_catalog.set_config(${name},$2,true)`
    // In front of what the scope sets: they tell the session as it came.
    if (proof?.facts) text += `,${proof.facts}`
    for (let i = 3; i < this.#parameters.length; i += 2) {
      text += `,pg_catalog.set_config($${i},$${i + 1},true)`
    }
    return text
  }
}

const NO_VALUES: readonly string[] = []
const plainTexts: Record<string, string> = {}
const SUFFIXES = {
  schema: '_clean',
  objects: '_objects',
  refused: '_refused',
  unasked: '_discarding',
  none: '',
} as const
const names: Record<keyof typeof SUFFIXES, string[]> = {
  schema: [],
  objects: [],
  refused: [],
  unasked: [],
  none: [],
}

// Made once each: a new string would be hashed and compared anew for every statement.
function nameFor(parameters: number, temporary: TemporaryQuestion | undefined): string {
  const kind = temporary ?? 'none'
  const known = names[kind]
  known[parameters] ??= `kysely_tenants_${parameters}${SUFFIXES[kind]}`
  return known[parameters] as string
}

function parametersOf({ tenant, settings }: Scope, setting: string): readonly string[] {
  return settings.length === 0 ? [setting, tenant] : [setting, tenant, ...settings.flat()]
}

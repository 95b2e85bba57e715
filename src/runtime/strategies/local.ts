import { bindAndExecute } from '../bind-and-execute.ts'
import type { ClientState } from '../client-state.ts'
import type { PgConnection } from '../pg-client.ts'
import type { Scope } from '../scope.ts'
import type { Prelude, Strategy } from './strategy.ts'

/**
 * The setting is local to the implicit transaction that the prelude and the statement share: the
 * server drops it at the Sync, whatever the outcome, and skips the statement if the prelude fails.
 * https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-PIPELINING
 */
export function localStrategy(setting: string): Strategy {
  return {
    name: 'local',
    prelude(state, { scope }) {
      return new LocalPrelude(state, parametersOf(scope, setting))
    },
  }
}

class LocalPrelude implements Prelude {
  readonly commands = 1
  readonly begins = false
  readonly #state: ClientState
  readonly #parameters: readonly string[]
  // The first statement of a connection asks for the backend's pid.
  readonly #asks: boolean
  readonly #name: string | undefined

  constructor(state: ClientState, parameters: readonly string[]) {
    this.#state = state
    this.#parameters = parameters
    this.#asks = state.direct === undefined
    // A pooler may give the next statement another backend, which does not know the name.
    this.#name = state.direct ? nameFor(parameters.length) : undefined
  }

  send(connection: PgConnection): void {
    if (this.#name === undefined) {
      connection.parse({ text: textOf(this.#parameters.length, this.#asks) })
      connection.bind({ values: this.#parameters })
      connection.execute({})
      return
    }
    if (!this.#state.prepared.has(this.#name)) {
      // After a DEALLOCATE nobody knows whether the server still has it.
      connection.close({ type: 'S', name: this.#name })
      connection.parse({ text: textOf(this.#parameters.length, false), name: this.#name })
    }
    connection.stream.write(bindAndExecute(this.#name, this.#parameters))
  }

  receive(row: readonly (string | null)[]): string | null {
    if (this.#asks) {
      this.#state.direct = Number(row[row.length - 1]) === this.#state.client.processID
    }
    if (this.#name !== undefined) this.#state.prepared.add(this.#name)
    return row[0] ?? null
  }
}

const names: string[] = []

// Made once each: a new string would be hashed and compared anew for every statement.
function nameFor(parameters: number): string {
  names[parameters] ??= `kysely_tenants_${parameters}`
  return names[parameters]
}

function parametersOf({ tenant, settings }: Scope, setting: string): readonly string[] {
  return settings.length === 0 ? [setting, tenant] : [setting, tenant, ...settings.flat()]
}

// The value that is replaced comes first: outside a transaction there must be none.
function textOf(parameters: number, asksPid: boolean): string {
  let text = 'select pg_catalog.current_setting($1,true)'
  for (let i = 1; i < parameters; i += 2) text += `,pg_catalog.set_config($${i},$${i + 1},true)`
  return asksPid ? `${text},pg_catalog.pg_backend_pid()` : text
}

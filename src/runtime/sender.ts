import type { ClientState } from './client-state.ts'
import { lostStatement, PreparedStatements } from './prepared-statements.ts'
import { runScoped } from './scoped-query.ts'
import type { Settle, Statement } from './statement.ts'
import type { Prelude, Strategy } from './strategies/strategy.ts'

export interface SenderOptions {
  readonly strategy: Strategy
  /** Named statements of one connection; 0: none. */
  readonly maxPrepared: number
}

/** Dresses the statements of a pool: with the prelude of the strategy, with a name. */
export class Sender {
  readonly strategy: Strategy
  readonly #maxPrepared: number

  constructor({ strategy, maxPrepared }: SenderOptions) {
    this.strategy = strategy
    this.#maxPrepared = maxPrepared
  }

  send(state: ClientState, statement: Statement, settle: Settle): void {
    statement.prelude = this.prelude(state, statement)
    if (this.#maxPrepared > 0 && statement.kind === 'statement') {
      statement.prepared = this.#preparedOf(state)?.use(statement.text)
    }
    const isNamed = statement.prepared !== undefined
    runScoped(
      state.client,
      statement,
      isNamed ? this.#againIfLost(state, statement, settle) : settle,
    )
  }

  /** In a failed transaction a prelude would only fail too, and take the `rollback to` with it. */
  prelude(state: ClientState, statement: Statement): Prelude | undefined {
    if (statement.kind !== 'statement' || statement.status === 'E') return undefined
    return this.strategy.prelude?.(state, statement)
  }

  /** The server has dropped every named statement, those of preludes too. */
  forgetPrepared(state: ClientState): void {
    state.prepared.clear()
    this.#preparedOf(state)?.forget()
  }

  #againIfLost(state: ClientState, statement: Statement, settle: Settle): Settle {
    return (outcome) => {
      const lost = lostStatement(outcome.error)
      if (lost) this.forgetPrepared(state)
      if (lost === 'by a pooler') state.statements = 'off'
      // Nothing of it has happened. Inside a transaction that is over, and the error stands.
      if (lost && statement.status === 'I' && outcome.status === 'I') {
        this.send(state, statement, settle)
      } else {
        settle(outcome)
      }
    }
  }

  #preparedOf(state: ClientState): PreparedStatements | undefined {
    if (this.#maxPrepared === 0 || state.statements === 'off') return undefined
    state.statements ??= new PreparedStatements(this.#maxPrepared)
    return state.statements
  }
}

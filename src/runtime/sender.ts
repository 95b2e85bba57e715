import type { ClientState } from './client-state.ts'
import type { PgClient } from './pg-client.ts'
import { lostStatement, PreparedStatements } from './prepared-statements.ts'
import { runScoped, type Settle } from './scoped-query.ts'
import type { StatementKind } from './statement-text.ts'
import type { Prelude, PreludeContext, Strategy } from './strategies/strategy.ts'

export interface SenderOptions {
  readonly strategy: Strategy
  /** Named statements of one connection; 0: none. */
  readonly maxPrepared: number
}

export interface Request {
  readonly text: string
  readonly values: readonly unknown[]
  readonly kind: StatementKind
}

/** Dresses the statements of a lease: with the prelude of the strategy, with a name. */
export class Sender {
  readonly #client: PgClient
  readonly #state: ClientState
  readonly #strategy: Strategy
  readonly #maxPrepared: number

  constructor(client: PgClient, state: ClientState, { strategy, maxPrepared }: SenderOptions) {
    this.#client = client
    this.#state = state
    this.#strategy = strategy
    this.#maxPrepared = maxPrepared
  }

  send(request: Request, context: PreludeContext, settle: Settle): void {
    const { text, values, kind } = request
    const prepared = kind === 'statement' ? this.#prepared?.use(text) : undefined
    const statement = { text, values, prelude: this.prelude(kind, context), prepared }
    runScoped(this.#client, statement, (outcome) => {
      const lost = prepared && lostStatement(outcome.error)
      if (lost) {
        this.forgetPrepared()
        if (lost === 'by a pooler') this.#state.statements = 'off'
        // Nothing of it has happened. Inside a transaction that is over, and the error stands.
        if (context.status === 'I' && outcome.status === 'I') {
          this.send(request, context, settle)
          return
        }
      }
      settle(outcome)
    })
  }

  /** In a failed transaction a prelude would only fail too, and take the `rollback to` with it. */
  prelude(kind: StatementKind, context: PreludeContext): Prelude | undefined {
    if (kind !== 'statement' || context.status === 'E') return undefined
    return this.#strategy.prelude?.(this.#client, this.#state, context)
  }

  /** The server has dropped every named statement, those of preludes too. */
  forgetPrepared(): void {
    this.#state.prepared.clear()
    this.#prepared?.forget()
  }

  get #prepared(): PreparedStatements | undefined {
    if (this.#maxPrepared === 0 || this.#state.statements === 'off') return undefined
    this.#state.statements ??= new PreparedStatements(this.#maxPrepared)
    return this.#state.statements
  }
}

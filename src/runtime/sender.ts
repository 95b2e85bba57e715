import { publishResidue } from './channels.ts'
import type { ClientState } from './client-state.ts'
import { recover } from './recovery.ts'
import { CleanUp } from './residue/clean-up.ts'
import type { RuntimeConfig, RuntimeTable } from './runtime-config.ts'
import { runScoped } from './scoped-query.ts'
import type { Outcome, Settle, Statement } from './statement.ts'
import { type Prepare, StatementNames } from './statement-names.ts'
import type { Prelude, Strategy } from './strategies/strategy.ts'

export interface SenderOptions {
  readonly config: RuntimeConfig
  readonly strategy: Strategy
  readonly prepare: Prepare
  /** `discard-all`: DISCARD ALL at the end of every lease. */
  readonly reset?: 'discard-all' | undefined
}

/** Dresses the statements of a pool: with the prelude of the strategy, with a name. */
export class Sender {
  readonly strategy: Strategy
  readonly discardsAll: boolean
  /** Tenant tables, for errors. */
  readonly tables: readonly RuntimeTable[]
  readonly #names: StatementNames

  constructor({ config, strategy, prepare, reset }: SenderOptions) {
    this.tables = config.tables
    this.strategy = strategy
    this.discardsAll = reset === 'discard-all'
    this.#names = new StatementNames(prepare)
  }

  send(state: ClientState, statement: Statement, settle: Settle): void {
    statement.prelude = this.prelude(state, statement)
    statement.prepared = this.#names.nameFor(state, statement)
    runScoped(state.client, statement, (outcome) => {
      if (outcome.error === undefined) settle(outcome)
      else
        this.settleOr(() => this.send(state, statement, settle), state, statement, outcome, settle)
    })
  }

  /** In a failed transaction a prelude would only fail too, and take the `rollback to` with it. */
  prelude(state: ClientState, statement: Statement): Prelude | undefined {
    if (statement.kind !== 'statement' || statement.status === 'E') return undefined
    // A session strategy has its own proof, and sets settings of the scope for the session.
    const isTold = !this.strategy.session && isToldOfResidue(state, statement)
    // A savepoint could undo a clean-up inside a transaction: it has to come in front of the `begin`.
    statement.isRefused = isTold && statement.status === 'T'
    if (isTold && !statement.isRefused) statement.recovery = 'clean-up'
    const isCleaned = statement.recovery === 'clean-up'
    // Behind the clean-up, in the same write, the session need not be asked again.
    if (isCleaned) statement.isFirst = false
    const prelude = this.strategy.prelude?.(state, statement)
    return isCleaned ? this.#cleanUp(state, statement, prelude) : prelude
  }

  /** Hands on the outcome of a statement, or sends it `again` where the server has skipped it. */
  settleOr(
    again: () => void,
    state: ClientState,
    statement: Statement,
    outcome: Outcome,
    settle: Settle,
  ): void {
    recover(state, statement, outcome, {
      again,
      settle,
      cleanUp: () => this.#cleanUp(state, statement, undefined, ['rollback']),
      forget: () => this.forgetPrepared(state),
      changed: (isCertain) => this.#names.changed(state, statement, isCertain),
    })
  }

  /** The server has dropped every named statement, those of preludes too. */
  forgetPrepared(state: ClientState): void {
    state.prepared.clear()
    this.#names.forget(state)
  }

  #cleanUp(
    state: ClientState,
    { scope }: Statement,
    prelude: Prelude | undefined,
    first?: readonly string[],
  ): Prelude {
    const { name } = this.strategy
    return new CleanUp(state, prelude, (found) => publishResidue(scope, name, found), first)
  }
}

/**
 * Some settings need no question: the server has reported that they are not as they were. Statements of
 * the same transaction may have set them for it, so that only its first one is told.
 */
function isToldOfResidue(
  { baseline, reported }: ClientState,
  { isFirst, opening, recovery }: Statement,
): boolean {
  if (!isFirst || reported.size === 0 || recovery !== undefined || opening === undefined)
    return false
  return baseline?.isReportedOtherwise(reported) === true
}

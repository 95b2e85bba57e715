import type { ClientState } from '../client-state.ts'
import type { Outcome, Statement } from '../statement.ts'
import { firstKeyword, isChained } from '../statement-text.ts'

const NO_TEXTS: readonly string[] = []

/** Whether the server has found the session of a lease clean, and how its transaction was opened. */
export class LeaseProof {
  readonly #client: ClientState
  #isProven = false
  // Texts that have opened the transaction, as long as no other statement has run in it.
  #opening: readonly string[] | undefined = NO_TEXTS
  // Those of them that a transaction which is chained to it takes over.
  #modes: readonly string[] = NO_TEXTS
  // The transaction has cleaned the session, which its rollback undoes.
  #isCleaned = false
  #isCleanedBehindSavepoint = false

  constructor(client: ClientState) {
    this.#client = client
  }

  /** The connection is another from now on: its session is looked at anew. */
  forget(): void {
    this.#isProven = false
    this.#client.baseline = undefined
  }

  note(statement: Statement): void {
    statement.isFirst = !this.#isProven
    statement.opening = this.#opening
  }

  record(statement: Statement, outcome: Outcome): void {
    if (statement.kind === 'statement') this.#recordStatement(statement, outcome)
    else if (outcome.error === undefined) this.#recordControl(statement)
    if (outcome.status === 'I') this.#recordEnd(statement, outcome)
    else if (isEnd(statement) && outcome.error === undefined) this.#recordChain(statement, outcome)
  }

  #recordStatement({ prelude, status }: Statement, { error, wasSkipped }: Outcome): void {
    if (prelude && !wasSkipped) {
      // A clean-up is undone together with a statement that fails.
      this.#isProven = !prelude.cleans || error === undefined
      if (prelude.cleans && status === 'T') {
        this.#isCleaned = true
        this.#isCleanedBehindSavepoint = (this.#opening?.length ?? 0) > 1
      }
    }
    if (status === 'T') this.#opening = undefined
  }

  #recordControl({ kind, text }: Statement): void {
    const setsModes = kind === 'begin' || firstKeyword(text) === 'SET'
    if (setsModes) this.#modes = [...this.#modes, text]
    this.#opening = this.#opening && [...this.#opening, text]
    if (kind === 'transaction' && this.#isCleanedBehindSavepoint) this.#isProven = false
  }

  /** Outside a transaction. */
  #recordEnd(statement: Statement, outcome: Outcome): void {
    this.#recordUndone(statement, outcome)
    // A pooler may give the next unit another session.
    if (this.#client.direct !== true) this.#isProven = false
    this.#opening = NO_TEXTS
    this.#modes = NO_TEXTS
  }

  /** `and chain`: the next transaction has begun already. */
  #recordChain(statement: Statement, outcome: Outcome): void {
    if (!isChained(statement.text)) return
    this.#recordUndone(statement, outcome)
    this.#opening = this.#modes
  }

  #recordUndone({ kind }: Statement, { error, result }: Outcome): void {
    const isCommitted = kind === 'commit' && error === undefined && result?.command !== 'ROLLBACK'
    if (this.#isCleaned && !isCommitted) this.#isProven = false
    this.#isCleaned = false
    this.#isCleanedBehindSavepoint = false
  }
}

function isEnd({ kind }: Statement): boolean {
  return kind === 'commit' || kind === 'rollback'
}

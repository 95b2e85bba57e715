import type { PgResult, TransactionStatus } from './pg-client.ts'
import type { PreparedStatement } from './prepared-statements.ts'
import type { Scope } from './scope.ts'
import type { StatementKind } from './statement-text.ts'
import type { Prelude, PreludeContext } from './strategies/strategy.ts'

// These are classes for a reason that was measured: what a hot object literal makes, V8 may put straight
// into the old generation, and there it keeps all of its statement alive until a major collection.

/** How pg reads the rows of one statement, and how long it waits for them; as in a query config of pg. */
export interface StatementOptions {
  readonly rowMode?: 'array'
  readonly types?: unknown
  readonly binary?: boolean
  /** In ms. */
  readonly query_timeout?: number
}

/** The messages that are sent to the server in one write. */
export interface Sendable {
  readonly text: string
  readonly values: readonly unknown[]
  /** Absent for statements that go bare, such as `begin`. */
  readonly prelude?: Prelude | undefined
  /** Given, the statement is a named one. */
  readonly prepared?: PreparedStatement | undefined
  readonly options?: StatementOptions | undefined
}

/** A statement of a lease, and how it meets the connection. */
export class Statement implements Sendable, PreludeContext {
  readonly text: string
  readonly values: readonly unknown[]
  readonly kind: StatementKind
  readonly scope: Scope
  status: TransactionStatus = 'I'
  isUnbound = true
  isFirst = false
  isRefused = false
  /** The texts that have opened its transaction; undefined when more than that has happened in it. */
  opening: readonly string[] | undefined = undefined
  /** It was refused, and is sent again: with a clean-up in front, or in a session that is cleaned. */
  recovery: 'clean-up' | 'cleaned' | undefined = undefined
  /** The server had lost a name of it, and it is sent again. */
  wasLost = false
  prelude: Prelude | undefined = undefined
  prepared: PreparedStatement | undefined = undefined
  readonly options: StatementOptions | undefined

  constructor(
    text: string,
    values: readonly unknown[],
    kind: StatementKind,
    scope: Scope,
    options?: StatementOptions,
  ) {
    this.text = text
    this.values = values
    this.kind = kind
    this.scope = scope
    this.options = options
  }
}

/** The outcome of a statement. */
export class Outcome {
  readonly error: unknown
  readonly result: PgResult | undefined
  /** From the server's ReadyForQuery. Undefined: the server did not answer, so doubt the client. */
  readonly status: TransactionStatus | undefined
  /** The tenant that was set before the prelude. */
  readonly found: string | null
  /** The error came from the prelude: the server has skipped the statement. */
  readonly wasSkipped: boolean

  constructor(
    error: unknown,
    result: PgResult | undefined,
    status: TransactionStatus | undefined,
    found: string | null,
    wasSkipped: boolean,
  ) {
    this.error = error
    this.result = result
    this.status = status
    this.found = found
    this.wasSkipped = wasSkipped
  }
}

export type Settle = (outcome: Outcome) => void

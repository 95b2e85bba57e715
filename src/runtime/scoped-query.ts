import { clientState } from './client-state.ts'
import {
  type PgClient,
  type PgConnection,
  type PgQuery,
  type PgQueryClass,
  type PgResult,
  queryClassOf,
  type TransactionStatus,
} from './pg-client.ts'
import { isServerError } from './server-error.ts'
import type { Prelude } from './strategies/strategy.ts'

export interface Statement {
  readonly text: string
  readonly values: readonly unknown[]
  /** Absent for statements that go bare, such as `begin`. */
  readonly prelude: Prelude | undefined
}

/** What became of one statement. */
export interface Outcome {
  readonly error: unknown
  readonly result: PgResult | undefined
  /** From the server's ReadyForQuery. Undefined: the server did not answer, so doubt the client. */
  readonly status: TransactionStatus | undefined
  /** The tenant that was set before the prelude. */
  readonly found: string | null
}

export type Settle = (outcome: Outcome) => void
type ScopedQueryClass = new (client: PgClient, statement: Statement, settle: Settle) => PgQuery

/** Sends a statement with its prelude in one write; settles when the server is ready again. */
export function runScoped(client: PgClient, statement: Statement, settle: Settle): void {
  client.query(new (scopedQueryClass(client))(client, statement, settle))
}

const classes = new WeakMap<PgQueryClass, ScopedQueryClass>()

function scopedQueryClass(client: PgClient): ScopedQueryClass {
  const Query = queryClassOf(client)
  if (!Query) throw new TypeError('this client was not checked with `unsupported`')
  const known = classes.get(Query)
  if (known) return known
  const created = createClass(Query)
  classes.set(Query, created)
  return created
}

function createClass(Query: PgQueryClass): ScopedQueryClass {
  return class ScopedQuery extends Query {
    readonly #client: PgClient
    readonly #prelude: Prelude | undefined
    readonly #settle: Settle
    #connection: PgConnection | undefined
    // The answers that come now belong to the prelude.
    #inPrelude = false
    #serverIsReady = false
    #found: string | null = null
    #error: unknown
    #result: PgResult | undefined

    constructor(client: PgClient, { text, values, prelude }: Statement, settle: Settle) {
      super(text, values)
      // Even without parameters: the extended protocol refuses several commands in one text.
      this.queryMode = 'extended'
      this.#client = client
      this.#prelude = prelude
      this.#settle = settle
      this.callback = (error, result) => this.#answered(error, result)
    }

    override submit(connection: PgConnection): unknown {
      this.#connection = connection
      // pg corks the stream around `prepare`: all messages leave in one write.
      return super.submit(connection)
    }

    override prepare(connection: PgConnection): void {
      if (this.#prelude) {
        this.#prelude.send(connection)
        this.#inPrelude = true
      }
      super.prepare(connection)
    }

    override handleDataRow(message: { fields: (string | null)[] }): void {
      if (!this.#inPrelude) super.handleDataRow(message)
      else this.#found = this.#prelude?.receive(message.fields) ?? null
    }

    override handleCommandComplete(message: unknown, connection: PgConnection): void {
      if (!this.#inPrelude) super.handleCommandComplete(message, connection)
      else this.#inPrelude = false
    }

    override handleReadyForQuery(connection: PgConnection): void {
      this.#serverIsReady = true
      super.handleReadyForQuery(connection)
      const status = this.#client.getTransactionStatus?.()
      if (status) this.#finish(status)
      // Before pg 8.21 the message that pg is handing out right now tells it to the next listener.
      else queueMicrotask(() => this.#finish(clientState(this.#client).status))
    }

    override handleCopyInResponse(connection: PgConnection): void {
      super.handleCopyInResponse(connection)
      // The server took the Sync behind the statement for a part of the copy.
      connection.sync()
    }

    #answered(error: unknown, result: PgResult | undefined): void {
      this.#error = error ?? undefined
      this.#result = result
      if (!error || this.#serverIsReady) return
      // pg rejects at the ErrorResponse, when the status is still that of before: wait for the end.
      // An error without severity is not from the server: a timeout, or a socket that is gone.
      if (isServerError(error)) {
        this.#connection?.on('readyForQuery', this.#ready)
        this.#connection?.on('end', this.#lost)
      } else {
        this.#finish(undefined)
      }
    }

    readonly #ready = ({ status }: { status: TransactionStatus }): void => this.#finish(status)

    readonly #lost = (): void => this.#finish(undefined)

    #finish(status: TransactionStatus | undefined): void {
      if (this.#error !== undefined) {
        this.#connection?.off('readyForQuery', this.#ready)
        this.#connection?.off('end', this.#lost)
      }
      const [error, result, found] = [this.#error, this.#result, this.#found]
      this.#settle({ error, result, status, found })
    }
  }
}

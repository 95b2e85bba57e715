import { statementNotTaken } from '../errors/application.ts'
import { transactionStatus } from './client-state.ts'
import { takeFlight } from './flight.ts'
import { type HandedOver, handOver, NO_VALUES_YET, NOT_SUBMITTED } from './hand-over.ts'
import {
  type PgClient,
  type PgConnection,
  type PgQuery,
  type PgQueryClass,
  type PgResult,
  queryClassOf,
  type TransactionStatus,
} from './pg-client.ts'
import { closeStatement, notePrepared } from './prepared-statements.ts'
import { isServerError } from './server-error.ts'
import { Outcome, type Sendable, type Settle } from './statement.ts'
import { copiesIn } from './statement-text.ts'
import type { Prelude } from './strategies/strategy.ts'

type ScopedQueryClass = new (
  client: PgClient,
  statement: Sendable,
  settle: Settle,
) => PgQuery & HandedOver

/** Sends a statement with its prelude in one write; settles when the server is ready again. */
export function runScoped(client: PgClient, statement: Sendable, settle: Settle): void {
  const query = new (scopedQueryClass(client))(client, statement, settle)
  handOver(client, query, query)
}

/**
 * Ends, in a second write, the transaction that a prelude began and that is open still: behind an error
 * the server has skipped the `commit`, and a cursor has no place for one.
 *
 * @param settle called when the server is ready again; the first error wins
 */
export function endTransaction(
  client: PgClient,
  prelude: Prelude | undefined,
  outcome: Outcome,
  settle: Settle,
): void {
  const { status, error } = outcome
  if (!prelude?.begins || status === undefined || status === 'I') {
    settle(outcome)
    return
  }
  const text = status === 'E' ? 'rollback' : 'commit'
  const { result, found, wasSkipped } = outcome
  runScoped(client, { text, values: [] }, (end) =>
    settle(new Outcome(error ?? end.error, result, end.status, found, wasSkipped)),
  )
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
  return class ScopedQuery extends Query implements HandedOver {
    readonly #client: PgClient
    readonly #statement: Sendable
    // pg reads it from what it is given.
    readonly query_timeout: number | undefined
    // Gone once it was called: a holder of the query must not hold all that waited for it.
    #settle: Settle | undefined
    #connection: PgConnection | undefined
    // Of the user's statement on the server.
    #name: string | undefined
    // Commands of the prelude that are not answered: what comes now belongs to them.
    #ahead: number
    // pg has submitted it, or has told it that it cannot.
    #isTaken = false
    #isAnswered = false
    #serverIsReady = false
    #isGathering = false
    // The reason why the statement was not sent.
    #refused: unknown
    #found: string | null = null
    #error: unknown
    #result: PgResult | undefined

    constructor(client: PgClient, statement: Sendable, settle: Settle) {
      super(...pgArguments(statement))
      this.query_timeout = statement.options?.query_timeout
      // Even without parameters: the extended protocol refuses several commands in one text.
      if (!isOneBareCommand(statement)) this.queryMode = 'extended'
      this.name = NOT_SUBMITTED
      this.values = NO_VALUES_YET
      this.#client = client
      this.#statement = statement
      this.#ahead = statement.prelude?.commands ?? 0
      this.#settle = settle
      this.callback = (error, result) => {
        if (this.#isTaken) this.#answered(error, result)
        else this.refuse(statementNotTaken(error))
      }
    }

    isTaken(): boolean {
      return this.#isTaken
    }

    refuse(error: unknown): void {
      this.#error = error
      this.#finish(undefined)
    }

    override submit(connection: PgConnection): unknown {
      // A copy with the methods of ours, or one that a wrapper kept until the client was destroyed.
      if (!(#statement in this) || !this.#settle) return new Error('The statement is not sent')
      this.#isTaken = true
      this.#connection = connection
      const { prelude, prepared, text, values } = this.#statement
      // Tracing may have added a comment that is another each time.
      this.#name = this.text === text ? prepared?.name : undefined
      this.name = this.#name
      this.values = values
      const flight = takeFlight(connection)
      // In a copy the server reads whatever follows as its data, and ends the connection over a `commit`.
      flight.commits = prelude?.begins === true && !copiesIn(text)
      this.#isGathering = true
      const refused = super.submit(flight.connection) ?? this.#refused
      this.#isGathering = false
      if (refused === undefined) flight.send()
      // A value that could not be converted: pg tells of it again once it is returned.
      else if (prepared) {
        delete connection.submittedNamedStatements?.[prepared.name]
        prepared.notSent()
      }
      // pg credits the next ParseComplete to this name, and it may be one of the prelude.
      if (prelude) this.name = undefined
      return refused
    }

    override prepare(connection: PgConnection): void {
      const { prelude, prepared } = this.#statement
      for (const name of prepared?.closes ?? []) closeStatement(connection, name)
      prelude?.send(connection)
      super.prepare(connection)
    }

    override handleDataRow(message: { fields: (string | null)[] }): void {
      if (this.#ahead === 0) super.handleDataRow(message)
      else this.#found = this.#statement.prelude?.receive(message.fields) ?? null
    }

    override handleCommandComplete(message: unknown, connection: PgConnection): void {
      if (this.#ahead > 0) {
        this.#ahead--
        if (this.#ahead === 0) this.name = this.#name
      } else if (!this.#isAnswered) {
        this.#isAnswered = true
        super.handleCommandComplete(message, connection)
      }
    }

    override handleEmptyQuery(connection: PgConnection): void {
      this.#isAnswered = true
      super.handleEmptyQuery(connection)
    }

    override handleReadyForQuery(connection: PgConnection): void {
      this.#serverIsReady = true
      super.handleReadyForQuery(connection)
      const status = this.#client.getTransactionStatus?.()
      if (status) this.#finish(status)
      // Before pg 8.21 the message that pg is handing out right now tells it to the next listener.
      else queueMicrotask(() => this.#finish(transactionStatus(this.#client)))
    }

    override handleCopyInResponse(connection: PgConnection): void {
      super.handleCopyInResponse(connection)
      // The server took the Sync behind the statement for a part of the copy.
      connection.sync()
    }

    override handleError(error: unknown, connection: PgConnection): void {
      // Of a client that is closed, it is the first that comes.
      if (#isTaken in this) this.#isTaken = true
      super.handleError(error, connection)
    }

    #answered(error: unknown, result: PgResult | undefined): void {
      if (this.#isGathering) {
        this.#refused = error
        return
      }
      this.#error = error ?? undefined
      this.#result = result
      if (!error || this.#serverIsReady) return
      notePrepared(this.#connection, this.#statement.prepared, this.#ahead > 0)
      // pg rejects at the ErrorResponse, when the status is still that of before: wait for the end.
      // An error without severity is not from the server: a timeout, or a socket that is gone.
      if (error === this.#refused) {
        queueMicrotask(() => this.#finish(transactionStatus(this.#client)))
      } else if (isServerError(error)) {
        this.#awaitEnd(this.#connection)
      } else {
        this.#finish(undefined)
      }
    }

    #awaitEnd(connection: PgConnection | undefined): void {
      const end = (status: TransactionStatus | undefined) => {
        connection?.off('readyForQuery', ready)
        connection?.off('end', lost)
        this.#finish(status)
      }
      const ready = ({ status }: { status: TransactionStatus }) => end(status)
      const lost = () => end(undefined)
      connection?.on('readyForQuery', ready)
      connection?.on('end', lost)
    }

    #finish(status: TransactionStatus | undefined): void {
      const settle = this.#settle
      if (!settle) return
      this.#settle = undefined
      const wasSkipped = this.#error !== undefined && this.#ahead > 0
      const outcome = new Outcome(this.#error, this.#result, status, this.#found, wasSkipped)
      endTransaction(this.#client, this.#statement.prelude, outcome, settle)
    }
  }
}

function pgArguments({ text, values, options }: Sendable): ConstructorParameters<PgQueryClass> {
  return options ? [{ ...options, text, values }] : [text, values]
}

/** `begin`, `commit` and the like, which the simple protocol sends as one message instead of five. */
function isOneBareCommand({ text, values, prelude, prepared }: Sendable): boolean {
  return !prelude && !prepared && values.length === 0 && CONTROL.test(text)
}

// Knex writes them in capitals, with a semicolon.
const CONTROL = /^(?:begin|start transaction|commit|rollback|savepoint|release)\b[^;]*;?$/i

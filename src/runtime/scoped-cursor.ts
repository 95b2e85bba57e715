import { statementNotTaken } from '../errors/application.ts'
import { transactionStatus } from './client-state.ts'
import { type HandedOver, handOver, NO_VALUES_YET, NOT_SUBMITTED } from './hand-over.ts'
import type { PgClient, PgConnection, TransactionStatus } from './pg-client.ts'
import { type PgCursor, told } from './pg-cursor.ts'
import { endTransaction } from './scoped-query.ts'
import { isServerError } from './server-error.ts'
import { Outcome, type Settle } from './statement.ts'
import type { Prelude } from './strategies/strategy.ts'

export interface CursorOptions {
  /** For each time that the cursor is sent. */
  prelude(): Prelude | undefined
  /** Turns an error of the server into the one the user gets. */
  explain(error: unknown): unknown
  /** Settles, or calls `again` where the server has skipped the statement of the cursor. */
  settleOr(again: () => void, outcome: Outcome, settle: Settle): void
  /** Called when the server is ready again: after the last row, an error or `close()`. */
  settle: Settle
}

/**
 * Gives a cursor its prelude and submits it. The implicit transaction of a cursor lasts until its
 * Sync, so the setting holds for every chunk.
 */
export function runCursor(client: PgClient, cursor: PgCursor, options: CursorOptions): void {
  new CursorRun(client, cursor, options).send()
}

/** How a cursor ended: when the server was ready again, and when the transaction of its prelude was over. */
interface Ended {
  readonly answered: Outcome
  readonly outcome: Outcome
}

/** A cursor that is under way. It is patched, since the user reads from it. */
class CursorRun implements HandedOver {
  readonly #client: PgClient
  readonly #cursor: PgCursor
  readonly #own: Pick<PgCursor, (typeof PATCHED)[number]>
  readonly #options: CursorOptions
  readonly #ended: Promise<Ended>
  #end: (ended: Ended) => void = () => undefined
  // Reads that wait, and those whose cursor the server has skipped.
  readonly #reading = new Set<(error: unknown) => void>()
  #skipped: (() => void)[] = []
  #prelude: Prelude | undefined
  // Commands of the prelude that are not answered.
  #ahead = 0
  #found: string | null = null
  #error: unknown
  #hasFailed = false
  // When all is over.
  #lastError: unknown
  #isClosing = false
  #isAnswered = false
  // pg has submitted it, or has told it that it cannot.
  #isTaken = false
  #values: unknown
  #connection: PgConnection | undefined

  constructor(client: PgClient, cursor: PgCursor, options: CursorOptions) {
    this.#client = client
    this.#cursor = cursor
    this.#options = options
    // `fromEntries` forgets which names it was given.
    this.#own = Object.fromEntries(PATCHED.map((name) => [name, cursor[name]])) as never
    this.#ended = new Promise((resolve) => {
      this.#end = resolve
    })
    // pg 8.16 calls it when `query_timeout` strikes, and where there is none the process ends.
    cursor.callback ??= () => undefined
    const run = this
    cursor.submit = function (connection) {
      return this === cursor ? run.#submit(connection) : new Error('A copy of a cursor is not sent')
    }
    cursor.handleDataRow = (message) => this.#receive(message)
    cursor.handleCommandComplete = (message, connection) => {
      if (this.#ahead > 0) this.#ahead--
      else this.#own.handleCommandComplete.call(cursor, message, connection)
    }
    cursor.handleError = function (error) {
      run.#fail(this === cursor ? error : statementNotTaken(error))
    }
    cursor.read = (rows, done) => told(this.#read(rows), done)
    cursor.close = (done) => told(this.#close(), done)
  }

  send(): void {
    this.#prelude = this.#options.prelude()
    this.#ahead = this.#prelude?.commands ?? 0
    this.#found = null
    this.#error = undefined
    this.#hasFailed = false
    this.#isAnswered = false
    this.#isTaken = false
    this.#values = this.#cursor.values
    this.#cursor.values = NO_VALUES_YET
    this.#cursor.name = NOT_SUBMITTED
    handOver(this.#client, this.#cursor, this)
  }

  isTaken(): boolean {
    return this.#isTaken
  }

  refuse(error: unknown): void {
    this.#fail(error)
  }

  #submit(connection: PgConnection): unknown {
    if (this.#isAnswered) return new Error('The cursor is not sent')
    this.#isTaken = true
    this.#cursor.values = this.#values
    this.#cursor.name = undefined
    this.#connection = connection
    connection.on('readyForQuery', this.#ready)
    connection.on('end', this.#lost)
    connection.stream.cork?.()
    try {
      this.#prelude?.send(connection)
      return this.#own.submit.call(this.#cursor, connection)
    } finally {
      connection.stream.uncork?.()
    }
  }

  readonly #ready = ({ status }: { status: TransactionStatus }): void => this.#finish(status)

  readonly #lost = (): void => {
    this.#error ??= new Error('Connection terminated while a stream was open')
    this.#finish(undefined)
  }

  #finish(status: TransactionStatus | undefined): void {
    if (this.#isAnswered) return
    this.#isAnswered = true
    this.#connection?.off('readyForQuery', this.#ready)
    this.#connection?.off('end', this.#lost)
    this.#answered(status)
  }

  #answered(status: TransactionStatus | undefined): void {
    const isSkipped = this.#hasFailed && this.#ahead > 0
    const answered = new Outcome(this.#error, undefined, status, this.#found, isSkipped)
    const settle = (outcome: Outcome) => {
      // After its last row pg-cursor ignores errors: a deferred constraint, a connection that is gone.
      const error = answered.error === undefined ? undefined : outcome.error
      this.#lastError = error
      if (error !== undefined) for (const end of this.#reading) end(error)
      this.#end({ answered, outcome })
      this.#options.settle(outcome)
    }
    endTransaction(this.#client, this.#prelude, answered, (outcome) => {
      if (outcome.error === undefined) settle(outcome)
      else this.#options.settleOr(() => this.#again(settle), outcome, settle)
    })
  }

  #again(settle: Settle): void {
    if (this.#isClosing) {
      for (const end of this.#reading) end(undefined)
      settle(new Outcome(undefined, undefined, transactionStatus(this.#client), null, true))
      return
    }
    this.#cursor.state = 'initialized'
    this.send()
    const skipped = this.#skipped
    this.#skipped = []
    for (const read of skipped) read()
  }

  #receive(message: { fields: (string | null)[] }): void {
    if (this.#hasFailed) return
    if (this.#ahead > 0) {
      this.#found = this.#prelude?.receive(message.fields) ?? null
      return
    }
    try {
      this.#own.handleDataRow.call(this.#cursor, message)
    } catch (error) {
      // A value that cannot be read: thrown on, it would leave the socket's handler and end the process.
      this.#fail(error)
    }
  }

  #fail(error: unknown): void {
    this.#isTaken = true
    this.#hasFailed = true
    this.#error ??= error
    this.#own.handleError.call(this.#cursor, error)
    if (!isServerError(error)) this.#finish(undefined)
  }

  #read(rows: number): Promise<unknown[]> {
    return new Promise((resolve, reject) => {
      const end = (error: unknown) => {
        this.#reading.delete(end)
        if (error === undefined) resolve([])
        else reject(this.#options.explain(error))
      }
      this.#reading.add(end)
      const attempt = () => {
        this.#own.read.call(this.#cursor, rows).then(
          (read) => {
            this.#reading.delete(end)
            resolve(read)
          },
          (error) => {
            if (!this.#hasFailed || this.#ahead === 0) end(error)
            else this.#skipped.push(attempt)
          },
        )
      }
      if (this.#lastError === undefined) attempt()
      else end(this.#lastError)
    })
  }

  async #close(): Promise<void> {
    this.#isClosing = true
    // After an error the portal is gone: a Close for it would stand unsynced on the connection.
    if (this.#hasFailed) this.#cursor.state = 'done'
    // It is not awaited: it waits for an answer that a lost connection never gives.
    else void this.#own.close.call(this.#cursor)
    const { answered, outcome } = await this.#ended
    if (answered.error === undefined && outcome.error !== undefined) {
      throw this.#options.explain(outcome.error)
    }
  }
}

const PATCHED = [
  'submit',
  'handleDataRow',
  'handleCommandComplete',
  'handleError',
  'read',
  'close',
] as const

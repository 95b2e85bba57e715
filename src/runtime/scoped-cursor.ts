import type { PgClient, PgConnection, PgSubmittable, TransactionStatus } from './pg-client.ts'
import { endTransaction } from './scoped-query.ts'
import { isServerError } from './server-error.ts'
import { Outcome, type Settle } from './statement.ts'
import type { Prelude } from './strategies/strategy.ts'

/** The parts of pg-cursor that the runtime stands on. */
export interface PgCursor extends PgSubmittable {
  readonly text: string
  state: string
  callback?: () => void
  submit(connection: PgConnection): unknown
  handleDataRow(message: { fields: (string | null)[] }): void
  handleCommandComplete(message: unknown, connection: PgConnection): void
  handleError(error: unknown): void
  /** Promises, for the cursors of Kysely; pg-query-stream gives a callback. */
  read(rows: number, done?: Done<unknown[]>): Promise<unknown[]>
  close(done?: Done<void>): Promise<void>
}

type Done<T> = (error: unknown, value?: T) => void

/**
 * Gives a cursor its prelude and submits it. The implicit transaction of a cursor lasts until its
 * Sync, so the setting holds for every chunk.
 *
 * @param explain turns an error of the server into the one the user gets
 * @param settle called when the server is ready again: after the last row, an error or `close()`
 */
export function runCursor(
  client: PgClient,
  cursor: PgCursor,
  prelude: Prelude | undefined,
  { explain, settle }: { explain(error: unknown): unknown; settle: Settle },
): void {
  // pg 8.16 calls it when `query_timeout` strikes, and where there is none the process ends.
  cursor.callback ??= () => undefined
  const answer = watch(cursor)
  const ended = answer.done.then(
    (outcome) =>
      new Promise<Outcome>((resolve) => endTransaction(client, prelude, outcome, resolve)),
  )
  ended.then(settle)
  if (prelude) putInFront(cursor, prelude, answer)
  const { read, close } = cursor

  cursor.read = (rows, done) => {
    const reading = new Promise<unknown[]>((resolve, reject) => {
      const fail = (error: unknown) => reject(explain(error))
      read.call(cursor, rows).then(resolve, fail)
      // After its last row pg-cursor ignores errors: a deferred constraint, a connection that is gone.
      answer.done.then(({ error }) => error !== undefined && fail(error))
    })
    return told(reading, done)
  }
  const end = async () => {
    // After an error the portal is gone: a Close for it would stand unsynced on the connection.
    if (answer.hasFailed) cursor.state = 'done'
    // It is not awaited: it waits for an answer that a lost connection never gives.
    else void close.call(cursor)
    const [{ error }, outcome] = [await answer.done, await ended]
    if (error === undefined && outcome.error !== undefined) throw explain(outcome.error)
  }
  cursor.close = (done) => told(end(), done)
  client.query(cursor)
}

/** Calls `done` where there is one, as pg-cursor does; it never sees the promise, so that may not reject. */
function told<T>(promise: Promise<T>, done: Done<T> | undefined): Promise<T> {
  if (!done) return promise
  promise.then((value) => done(undefined, value), done)
  return promise.catch(() => undefined as T)
}

interface Answer {
  readonly done: Promise<Outcome>
  found: string | null
  hasFailed: boolean
}

function watch(cursor: PgCursor): Answer {
  const { submit, handleDataRow, handleError } = cursor
  const answer: Answer = {
    found: null,
    hasFailed: false,
    done: new Promise((resolve) => {
      let connection: PgConnection | undefined
      let failed: unknown
      const finish = (status: TransactionStatus | undefined) => {
        connection?.off('readyForQuery', ready)
        connection?.off('end', lost)
        resolve(new Outcome(failed, undefined, status, answer.found))
      }
      const ready = ({ status }: { status: TransactionStatus }) => finish(status)
      const lost = () => {
        failed ??= new Error('Connection terminated while a stream was open')
        finish(undefined)
      }

      cursor.submit = (to) => {
        connection = to
        to.on('readyForQuery', ready)
        to.on('end', lost)
        return submit.call(cursor, to)
      }
      cursor.handleDataRow = (message) => {
        try {
          if (!answer.hasFailed) handleDataRow.call(cursor, message)
        } catch (error) {
          // A value that cannot be read: thrown on, it would leave the socket's handler and end the process.
          cursor.handleError(error)
        }
      }
      cursor.handleError = (error) => {
        answer.hasFailed = true
        failed ??= error
        handleError.call(cursor, error)
        if (!isServerError(error)) finish(undefined)
      }
    }),
  }
  return answer
}

function putInFront(cursor: PgCursor, prelude: Prelude, answer: Answer): void {
  const { submit, handleDataRow, handleCommandComplete } = cursor
  let ahead = prelude.commands

  cursor.submit = (connection) => {
    connection.stream.cork?.()
    try {
      prelude.send(connection)
      return submit.call(cursor, connection)
    } finally {
      connection.stream.uncork?.()
    }
  }
  cursor.handleDataRow = (message) => {
    if (ahead > 0) answer.found = prelude.receive(message.fields)
    else handleDataRow.call(cursor, message)
  }
  cursor.handleCommandComplete = (message, connection) => {
    if (ahead > 0) ahead--
    else handleCommandComplete.call(cursor, message, connection)
  }
}

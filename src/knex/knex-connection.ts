import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { queryUnsupported } from '../errors/connection.ts'
import type { Lease } from '../runtime/lease.ts'
import type { PgClient, PgResult } from '../runtime/pg-client.ts'
import type { PgCursor } from '../runtime/pg-cursor.ts'
import type { StatementOptions } from '../runtime/statement.ts'

interface QueryConfig extends StatementOptions {
  readonly text: string
  readonly values?: readonly unknown[]
}

type Done = (error: unknown, result?: PgResult) => void

/** A stream of pg-query-stream. */
type QueryStream = Readable & { readonly cursor: PgCursor }

/**
 * The connection that Knex sees, for one lease. Knex asks no more of it than `query`, `processID` and
 * the properties that begin with two underscores, which are its own.
 */
export class KnexConnection {
  readonly lease: Lease
  readonly __knexUid: string | undefined
  __knexTxId?: string
  #stream: QueryStream | undefined

  constructor(lease: Lease, client: PgClient) {
    this.lease = lease
    this.__knexUid = (client as { __knexUid?: string }).__knexUid
  }

  /** For `pg_cancel_backend`. */
  get processID(): number | null | undefined {
    return this.lease.processID
  }

  /** Knex sets it when a statement has timed out and was not cancelled. */
  set __knex__disposed(reason: unknown) {
    this.lease.destroy(reason)
  }

  /** In each of the ways in which pg is asked: Knex gives a callback, code that took the connection by hand may not. */
  query(stream: QueryStream): QueryStream
  query(query: string | QueryConfig, values?: readonly unknown[]): Promise<PgResult>
  query(query: string | QueryConfig, done: Done): void
  query(query: string | QueryConfig, values: readonly unknown[], done: Done): void
  query(
    query: string | QueryConfig | QueryStream,
    valuesOrDone?: readonly unknown[] | Done,
    done: unknown = valuesOrDone,
  ): QueryStream | Promise<PgResult> | undefined {
    if (isStream(query)) return this.#streamed(query)
    const { text, values, ...options } = configOf(query)
    const given = Array.isArray(valuesOrDone) ? valuesOrDone : (values ?? [])
    if (typeof done !== 'function') {
      return new Promise((resolve, reject) => {
        this.#execute(text, given, options, (error, result) => {
          // Without an error there is a result.
          if (error === undefined) resolve(result as PgResult)
          else reject(error)
        })
      })
    }
    this.#execute(text, given, options, done as Done)
    return undefined
  }

  /** Resolves when the server has given its last row, or the stream was destroyed. */
  get streamEnded(): Promise<void> {
    const stream = this.#stream
    if (!stream || stream.closed) return Promise.resolve()
    return new Promise((resolve) => {
      stream.once('end', resolve)
      stream.once('close', resolve)
    })
  }

  #execute(text: string, values: readonly unknown[], options: StatementOptions, done: Done): void {
    try {
      this.lease.execute(text, values, done, optionsOf(options))
    } catch (error) {
      done(error)
    }
  }

  #streamed(stream: QueryStream): QueryStream {
    this.lease.query(stream.cursor)
    this.#stream = stream
    return stream
  }

  /**
   * Knex gives the connection of a stream back twice, and the first time before the stream is closed
   * (https://github.com/knex/knex/issues/6288): the lease closes the stream, and ends once.
   */
  async release(): Promise<void> {
    const stream = this.#stream
    this.#stream = undefined
    if (stream && !stream.closed) {
      const closed = once(stream, 'close').catch(() => undefined)
      stream.destroy()
      await closed
    }
    this.lease.release()
  }
}

export function isKnexConnection(connection: unknown): connection is KnexConnection {
  return connection instanceof KnexConnection
}

function isStream(query: unknown): query is QueryStream {
  return typeof query === 'object' && query !== null && 'cursor' in query
}

/** @throws `QUERY.UNSUPPORTED` */
function configOf(query: string | QueryConfig): QueryConfig {
  const config = typeof query === 'string' ? { text: query } : query
  // A cursor and a stream of COPY have a text as well.
  if (typeof config?.text !== 'string' || 'submit' in config) throw queryUnsupported()
  return config
}

/** As `.options(…)` gave them. A name is left out: `prepare` names statements, for each connection. */
function optionsOf({
  rowMode,
  types,
  binary,
  query_timeout,
}: StatementOptions): StatementOptions | undefined {
  if (rowMode === undefined && types === undefined && binary === undefined && !query_timeout) {
    return undefined
  }
  return {
    ...(rowMode && { rowMode }),
    ...(types !== undefined && { types }),
    ...(binary !== undefined && { binary }),
    ...(query_timeout && { query_timeout }),
  }
}

import { once } from 'node:events'
import type { Readable } from 'node:stream'
import type { Lease } from '../runtime/lease.ts'
import type { PgClient, PgResult } from '../runtime/pg-client.ts'
import type { PgCursor } from '../runtime/pg-cursor.ts'
import type { StatementOptions } from '../runtime/statement.ts'

interface QueryConfig extends StatementOptions {
  readonly text: string
  readonly values?: readonly unknown[]
}

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

  query(stream: QueryStream): QueryStream
  query(config: QueryConfig, done: (error: unknown, result?: PgResult) => void): void
  query(
    query: QueryConfig | QueryStream,
    done: (error: unknown, result?: PgResult) => void = () => undefined,
  ): QueryStream | undefined {
    if ('cursor' in query) {
      this.lease.query(query.cursor)
      this.#stream = query
      return query
    }
    const { text, values = [] } = query
    try {
      this.lease.execute(text, values, done, optionsOf(query))
    } catch (error) {
      done(error)
    }
    return undefined
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

/** As `.options(…)` gave them. A name is left out: `prepare` names statements, for each connection. */
function optionsOf({
  rowMode,
  types,
  binary,
  query_timeout,
}: QueryConfig): StatementOptions | undefined {
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

/**
 * The parts of node-postgres that the runtime stands on. Typed here and recognised by shape, so that
 * an application needs neither `@types/pg` nor the same copy of pg.
 */
export interface PgClient {
  readonly connection: PgConnection
  readonly processID?: number | null
  /** Not documented. False while an answer is outstanding. */
  readonly readyForQuery?: boolean
  readonly pipeline?: boolean
  /** Since pg 8.21. */
  getTransactionStatus?(): TransactionStatus | null
  query(submittable: PgSubmittable): unknown
  query<Row>(text: string, values: readonly unknown[]): Promise<{ rows: Row[] }>
  on(event: 'error', listener: (error: Error) => void): unknown
  release(destroy?: Error | boolean): void
}

export interface PgPool {
  /** Not every pool counts. */
  readonly idleCount?: number
  /** Those that are still connecting included. */
  readonly totalCount?: number
  readonly waitingCount?: number
  readonly options?: { readonly connectionTimeoutMillis?: number | undefined }
  /** With a callback, which not every pool takes, it returns none. */
  connect(done?: (error: unknown, client?: PgClient) => void): Promise<PgClient> | undefined
  end(): Promise<void>
  on?(event: 'error', listener: (error: Error) => void): unknown
  /** Told before `connect` hands the new client out. Not every pool has it. */
  on?(event: 'connect' | 'remove', listener: (client: PgClient) => void): unknown
  /** Told of every client that is given back. */
  on?(event: 'release', listener: (error: unknown, client: PgClient) => void): unknown
}

/** `I`: idle, `T`: in a transaction, `E`: in a transaction that failed. */
export type TransactionStatus = 'I' | 'T' | 'E'

interface PgStream {
  readonly writable?: boolean
  cork?(): void
  uncork?(): void
  /** Absent where there is no socket, as with PGlite. */
  write?(data: Buffer): unknown
  destroy(): void
}

/** https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-ASYNC */
interface ParameterStatus {
  readonly parameterName: string
  readonly parameterValue: string
}

export interface PgConnection {
  readonly stream: PgStream
  parse(message: { text: string; name?: string }): void
  bind(message: { statement?: string; values: readonly unknown[] }): void
  execute(message: { portal?: string }): void
  close(message: { type: 'S'; name: string }): void
  sync(): void
  /** Names of the statements that the server has confirmed, with their texts. */
  readonly parsedStatements?: Record<string, string>
  /** Since pg 8.23: those that are on their way. */
  readonly submittedNamedStatements?: Record<string, string>
  on(event: string, listener: (message: { status: TransactionStatus }) => void): unknown
  on(event: 'parameterStatus', listener: (message: ParameterStatus) => void): unknown
  off(event: string, listener: (message: { status: TransactionStatus }) => void): unknown
}

export interface PgSubmittable {
  submit(connection: PgConnection): unknown
}

export interface PgResult {
  readonly command: string
  readonly rowCount: number
  readonly rows: unknown[]
}

export interface PgQuery extends PgSubmittable {
  readonly text: string
  name: string | undefined
  queryMode: 'extended' | undefined
  values: unknown
  callback: (error: unknown, result?: PgResult) => void
  handleError(error: unknown, connection: PgConnection): void
  prepare(connection: PgConnection): void
  handleDataRow(message: { fields: (string | null)[] }): void
  handleCommandComplete(message: unknown, connection: PgConnection): void
  handleReadyForQuery(connection: PgConnection): void
  handleEmptyQuery(connection: PgConnection): void
  handleCopyInResponse(connection: PgConnection): void
}

export type PgQueryClass = new (
  query: string | { readonly text: string; readonly values: readonly unknown[] },
  values?: readonly unknown[],
) => PgQuery

/** pg hangs its Query class on the client class, which saves a dependency on one copy of pg. */
export function queryClassOf(client: PgClient): PgQueryClass | undefined {
  return (client.constructor as { Query?: PgQueryClass }).Query
}

/** The property that keeps a client from carrying a tenant, if it has one. */
export function unsupported(client: PgClient): string | undefined {
  if (client.pipeline) return 'its clients were made with `pipeline: true`'
  if (typeof client.connection?.parse !== 'function' || !client.connection.stream) {
    return 'its clients have no `connection` (pg-native, or not pg)'
  }
  if (typeof queryClassOf(client)?.prototype?.prepare !== 'function') {
    return 'its clients have no `Query` class with `prepare`'
  }
  return undefined
}

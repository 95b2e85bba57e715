import type { EventEmitter } from 'node:events'
import type { Knex } from 'knex'
import type { PgClient } from '../runtime/pg-client.ts'

// The parts of Knex that this layer stands on and that its own types leave out. They are the same in
// Knex 2.5 to 3.3.

/** A client of Knex, that of a transaction included. */
export interface KnexClient extends EventEmitter {
  readonly dialect: string
  readonly driverName?: string
  readonly config: Knex.Config
  /** Only on the client of a transaction. */
  readonly transacting?: boolean
  readonly pool?: KnexPool
  acquireConnection(): Promise<unknown>
  releaseConnection(connection: unknown): Promise<unknown>
  initializePool(config?: Knex.Config): void
  runner(builder: KnexBuilder): KnexRunner
  queryCompiler(builder: KnexBuilder, bindings?: unknown): KnexCompiler
  queryBuilder(): KnexBuilder
  transaction(container: unknown, config?: TransactionConfig, outer?: unknown): unknown
  cancelQuery(connection: { processID?: unknown }): Promise<unknown>
  wrapIdentifier(name: string, context?: unknown): string
  destroy(callback?: (error?: unknown) => void): Promise<void>
  _stream(connection: unknown, query: object, stream: KnexStream, options: object): Promise<unknown>
}

export type KnexClientClass = new (config: Knex.Config) => KnexClient

/** A pool of tarn, or what Knex makes of a pool of pg. */
export interface KnexPool {
  release(client: PgClient): boolean
  numPendingAcquires?(): number
  numFree?(): number
}

export interface TransactionConfig {
  readonly connection?: unknown
}

export interface KnexRunner {
  readonly client: KnexClient
  connection: unknown
  ensureConnection(run: RunnerCallback, parameters?: RunnerParameters): Promise<unknown>
  stream(...parameters: unknown[]): unknown
}

/** `stream` is there for a query that is streamed. */
export interface RunnerParameters {
  readonly stream?: KnexStream
}

export type RunnerCallback = (runner: KnexRunner, parameters?: RunnerParameters) => unknown

/** A query builder; of a raw query and of a schema builder only `_connection` is there. */
export interface KnexBuilder {
  readonly _connection?: unknown
  readonly _method?: string
  readonly _single?: KnexSingle
  readonly _statements?: readonly KnexStatement[]
  queryContext?(): unknown
  toSQL(): unknown
}

export interface KnexSingle {
  readonly table?: unknown
  readonly schema?: string
  readonly using?: unknown
  readonly updateFrom?: unknown
  readonly insert?: unknown
  readonly update?: unknown
  readonly merge?: { readonly updates?: unknown }
}

/** One clause; `table` and `schema` are there for `grouping: 'join'`, `alias` for `'with'`. */
export interface KnexStatement {
  readonly grouping?: string
  readonly type?: string
  readonly table?: unknown
  readonly schema?: string
  readonly alias?: string
  readonly recursive?: boolean
}

export interface KnexCompiler {
  toSQL(...parameters: unknown[]): unknown
  withWrapped(statement: KnexStatement): unknown
}

export interface KnexStream extends EventEmitter {
  readonly destroyed: boolean
  destroy(error?: unknown): unknown
}

/** The Knex that a transaction is, for the code in it. */
export interface KnexTransactor {
  readonly executionPromise: Promise<unknown>
  commit(value?: unknown): Promise<unknown>
  rollback(error?: unknown): Promise<unknown>
}

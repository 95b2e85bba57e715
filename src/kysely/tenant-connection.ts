import {
  type CompiledQuery,
  type DatabaseConnection,
  type PostgresDialectConfig,
  PostgresDriver,
  type PostgresPool,
  type PostgresPoolClient,
  type QueryResult,
} from 'kysely'
import type { Lease } from '../runtime/lease.ts'
import type { PgResult } from '../runtime/pg-client.ts'
import { checkDeferred } from './plugin/deferred-guard.ts'
import { compiledFor } from './plugin/late-predicate.ts'

/**
 * The members that Kysely's own connection takes from the config of the dialect and from the pool.
 */
export type KyselyOptions = Pick<PostgresDialectConfig, 'cursor'> &
  Pick<PostgresPool, 'Client' | 'options'>

/**
 * The connection that Kysely sees, for one lease. A plain statement goes straight to the lease, since
 * every promise in between costs: AsyncLocalStorage follows each of them. Streams and what can be
 * aborted are left to Kysely's own connection, over the same lease.
 */
export class TenantConnection implements DatabaseConnection {
  readonly lease: Lease
  readonly #options: KyselyOptions
  #kysely: Promise<DatabaseConnection> | undefined

  constructor(lease: Lease, options: KyselyOptions) {
    this.lease = lease
    this.#options = options
  }

  executeQuery<R>(compiled: CompiledQuery, ...options: Rest<Execute>): Promise<QueryResult<R>> {
    let query = compiled
    try {
      checkDeferred(query.query, this.lease.scope)
      query = compiledFor(query, this.lease.scope)
    } catch (error) {
      return Promise.reject(error)
    }
    if (options[0]?.signal) {
      return this.#kyselys().then((connection) => connection.executeQuery<R>(query, ...options))
    }
    return new Promise((resolve) => {
      this.lease.execute(query.sql, query.parameters, (error, result) => {
        // Without an error there is a result.
        resolve(error === undefined ? queryResult(result as PgResult) : traced(error))
      })
    })
  }

  async *streamQuery<R>(
    query: CompiledQuery,
    ...options: Rest<Stream>
  ): AsyncIterableIterator<QueryResult<R>> {
    checkDeferred(query.query, this.lease.scope)
    const bound = compiledFor(query, this.lease.scope)
    yield* (await this.#kyselys()).streamQuery<R>(bound, ...options)
  }

  async cancelQuery(...provider: Parameters<Cancel>): Promise<void> {
    await (await this.#kyselys()).cancelQuery?.(...provider)
  }

  async killSession(...provider: Parameters<Cancel>): Promise<void> {
    await (await this.#kyselys()).killSession?.(...provider)
  }

  async collectSessionInfo(): Promise<void> {
    await (await this.#kyselys()).collectSessionInfo?.()
  }

  #kyselys(): Promise<DatabaseConnection> {
    this.#kysely ??= kyselyConnection(this.lease, this.#options)
    return this.#kysely
  }
}

type Execute = DatabaseConnection['executeQuery']
type Stream = DatabaseConnection['streamQuery']
type Cancel = NonNullable<DatabaseConnection['cancelQuery']>
type Rest<F> = F extends (query: CompiledQuery, ...rest: infer R) => unknown ? R : never

async function kyselyConnection(lease: Lease, options: KyselyOptions): Promise<DatabaseConnection> {
  const { cursor, ...pool } = options
  const client = lease as PostgresPoolClient
  const driver = new PostgresDriver({
    ...(cursor && { cursor }),
    pool: { ...pool, connect: async () => client, end: nothing },
  })
  await driver.init()
  return driver.acquireConnection()
}

async function nothing(): Promise<void> {}

function queryResult<R>({ command, rowCount, rows }: PgResult): QueryResult<R> {
  const typed = rows as R[]
  return isCounted(command) ? { numAffectedRows: BigInt(rowCount), rows: typed } : { rows: typed }
}

function isCounted(command: string): boolean {
  return command === 'INSERT' || command === 'UPDATE' || command === 'DELETE' || command === 'MERGE'
}

/**
 * Appends, as Kysely does, the stack of the caller: that of an error of pg ends in its socket.
 *
 * @throws `error`
 */
async function traced(error: unknown): Promise<never> {
  // The first await ends before the caller's waits for this promise, and only then it is on the stack.
  await undefined
  await undefined
  if (error instanceof Error && error.stack) {
    error.stack += `\n${new Error().stack?.split('\n').slice(1).join('\n')}`
  }
  throw error
}

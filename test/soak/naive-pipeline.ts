import type { PostgresPool, PostgresPoolClient } from 'kysely'
import pg from 'pg'
import type { PgConnection, PgQuery, PgResult } from '../../src/runtime/pg-client.ts'
import { naiveScopes } from './naive-scopes.ts'

/**
 * Must not pass. Sends a local `set_config` in front of the statement, under the same Sync, as the
 * dialect does, and does no more: in a transaction only `begin` carries it, the client goes back
 * after every outcome, and a handle lives on.
 */
export function naivePipelinePool(pool: pg.Pool): PostgresPool {
  return {
    options: pool.options,
    end: () => pool.end(),
    async connect() {
      return facadeOf(await pool.connect(), naiveScopes.getStore() ?? '')
    },
  }
}

function facadeOf(client: pg.PoolClient, tenant: string): PostgresPoolClient {
  let inTransaction = false
  const facade = {
    query(text: string | pg.Submittable, values: readonly unknown[] = []) {
      if (typeof text !== 'string') return client.query(text)
      const bare = inTransaction
      if (/^(?:begin|start)/.test(text)) inTransaction = true
      if (/^(?:commit|rollback)$/.test(text)) inTransaction = false
      if (bare) return client.query(text, [...values])
      return new Promise<PgResult>((resolve, reject) => {
        const query = new PipelinedQuery(text, values)
        query.tenant = tenant
        query.callback = (error, result) => (error ? reject(error) : resolve(result as PgResult))
        // Our own type of pg's Query, which is a Submittable.
        client.query(query as unknown as pg.Submittable)
      })
    },
    release: () => client.release(),
  }
  // Kysely's driver calls no other method of a client.
  return facade as unknown as PostgresPoolClient
}

// pg types its Query without the methods that a subclass overrides.
const Query = pg.Query as unknown as new (text: string, values: readonly unknown[]) => PgQuery

class PipelinedQuery extends Query {
  tenant = ''
  override queryMode = 'extended' as const
  #inPrelude = true

  override prepare(connection: PgConnection): void {
    connection.parse({ text: `select set_config('app.tenant_id', $1, true)` })
    connection.bind({ values: [this.tenant] })
    connection.execute({})
    super.prepare(connection)
  }

  override handleDataRow(message: { fields: (string | null)[] }): void {
    if (!this.#inPrelude) super.handleDataRow(message)
  }

  override handleCommandComplete(message: unknown, connection: PgConnection): void {
    if (!this.#inPrelude) super.handleCommandComplete(message, connection)
    this.#inPrelude = false
  }
}

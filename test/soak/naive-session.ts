import type { PostgresPool, PostgresPoolClient } from 'kysely'
import type pg from 'pg'
import { naiveScopes } from './naive-scopes.ts'

/**
 * Must not pass. Sets the tenant for the session on acquire and resets it on release, whose errors it
 * swallows: what most applications do.
 */
export function naiveSessionPool(pool: pg.Pool): PostgresPool {
  return {
    options: pool.options,
    end: () => pool.end(),
    async connect() {
      const client = await pool.connect()
      try {
        await client.query(`select set_config('app.tenant_id', $1, false)`, [
          naiveScopes.getStore() ?? '',
        ])
      } catch (error) {
        client.release(true)
        throw error
      }
      return facadeOf(client)
    },
  }
}

function facadeOf(client: pg.PoolClient): PostgresPoolClient {
  let released = false
  const facade = {
    query: client.query.bind(client),
    release() {
      if (released) return
      released = true
      client
        .query('reset app.tenant_id')
        .catch(() => undefined)
        .then(() => client.release())
    },
  }
  // Kysely's driver calls no other method of a client.
  return facade as unknown as PostgresPoolClient
}

import { scopedExecutor } from '@quxkit/tenant-kit'
import { pgExecutor } from '@quxkit/tenant-kit/pg'
import { betterTenant } from '@usebetterdev/tenant'
import { drizzleDatabase } from '@usebetterdev/tenant/drizzle'
import { sql as drizzleSql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import knex from 'knex'
import { Kysely, PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import { createTenancy, TenantDialect } from '../../dist/index.js'
import { tenantClient } from '../../dist/knex/index.js'

/**
 * Each opens over these options of a pool, and runs one text for one tenant, as its documentation says.
 *
 * @type {Record<string, (options: pg.PoolConfig) => { run(tenant: string, text: string): Promise<object[]>, pool: { query(text: string): Promise<{ rows: object[] }> }, end(): Promise<void> }>}
 */
export const CONTENDERS = {
  'no tenancy': (options) => {
    const pool = new pg.Pool(options)
    return { pool, run: async (_, text) => (await pool.query(text)).rows, end: () => pool.end() }
  },
  'kysely-tenants': ofKysely,
  'kysely-tenants/knex': (options) => {
    const tenancy = createTenancy({ tenant: { type: 'uuid' }, tables: ['notes'] })
    const db = knex({ client: tenantClient({ tenancy }), ...ofKnex(options) })
    const run = async (tenant, text) => (await tenancy.run(tenant, () => db.raw(text))).rows
    return { run, pool: poolOfKnex(db), end: () => db.destroy() }
  },
  'pg, begin; set_config; statement; commit': (options) => {
    const pool = new pg.Pool(options)
    return { pool, run: (tenant, text) => inTransaction(pool, tenant, text), end: () => pool.end() }
  },
  'pg, set on acquire, reset on release': (options) => {
    const pool = new pg.Pool(options)
    const run = async (tenant, text) => {
      const client = await pool.connect()
      try {
        await client.query(`select set_config('app.tenant_id', $1, false)`, [tenant])
        return (await client.query(text)).rows
      } finally {
        await client.query('reset app.tenant_id').catch(() => undefined)
        client.release()
      }
    }
    return { pool, run, end: () => pool.end() }
  },
  'Kysely, transaction and set_config': (options) => {
    const pool = new pg.Pool(options)
    const db = new Kysely({ dialect: new PostgresDialect({ pool }) })
    const run = (tenant, text) =>
      db.transaction().execute(async (trx) => {
        await sql`select set_config('app.tenant_id', ${tenant}, true)`.execute(trx)
        return (await sql.raw(text).execute(trx)).rows
      })
    return { pool, run, end: () => pool.end() }
  },
  'Knex, transaction and set_config': (options) => {
    const db = knex({ client: 'pg', ...ofKnex(options) })
    const run = (tenant, text) =>
      db.transaction(async (trx) => {
        await trx.raw(`select set_config('app.tenant_id', ?, true)`, [tenant])
        return (await trx.raw(text)).rows
      })
    return { run, pool: poolOfKnex(db), end: () => db.destroy() }
  },
  'Drizzle, transaction and set_config': (options) => {
    const pool = new pg.Pool(options)
    const db = drizzle(pool)
    const run = (tenant, text) =>
      db.transaction(async (trx) => {
        await trx.execute(drizzleSql`select set_config('app.tenant_id', ${tenant}, true)`)
        return (await trx.execute(drizzleSql.raw(text))).rows
      })
    return { pool, run, end: () => pool.end() }
  },
  'better-tenant, runAs, loadTenant: false': (options) => {
    const pool = new pg.Pool(options)
    const tenant = betterTenant({
      database: drizzleDatabase(drizzle(pool)),
      tenantResolver: { header: 'x-tenant-id' },
      loadTenant: false,
      telemetry: { enabled: false },
    })
    const run = (id, text) =>
      tenant.runAs(id, async (db) => (await db.execute(drizzleSql.raw(text))).rows)
    return { pool, run, end: () => pool.end() }
  },
  'tenant-kit, scoped executor': (options) => {
    const pool = new pg.Pool(options)
    const run = (tenant, text) => scopedExecutor(pgExecutor(pool), tenant).query(text)
    return { pool, run, end: () => pool.end() }
  },
}

function ofKysely(options) {
  const pool = new pg.Pool(options)
  const tenancy = createTenancy({ tenant: { type: 'uuid' }, tables: ['notes'] })
  const db = new Kysely({ dialect: new TenantDialect({ tenancy, pool }) })
  const run = async (tenant, text) =>
    (await tenancy.run(tenant, () => sql.raw(text).execute(db))).rows
  return { pool, run, end: () => pool.end() }
}

function ofKnex({ connectionString, max, ...rest }) {
  return { connection: { connectionString, ...rest }, pool: { min: 0, max } }
}

/** As any code that takes a client from the pool of Knex. */
function poolOfKnex(db) {
  return {
    async query(text) {
      const client = await db.client.pool.acquire().promise
      const result = await client.query(text)
      db.client.pool.release(client)
      return result
    },
  }
}

async function inTransaction(pool, tenant, text) {
  const client = await pool.connect()
  try {
    await client.query('begin')
    await client.query(`select set_config('app.tenant_id', $1, true)`, [tenant])
    const { rows } = await client.query(text)
    await client.query('commit')
    return rows
  } catch (error) {
    await client.query('rollback').catch(() => undefined)
    throw error
  } finally {
    client.release()
  }
}

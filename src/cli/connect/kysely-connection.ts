import type { Dialect, Kysely } from 'kysely'
import type pg from 'pg'
import { suppress } from '../../errors/tenancy-error.ts'

/** The connection of a `kysely.config`: the options of a pool, or a Kysely that lends its connection. */
export type KyselyConnection = pg.ClientConfig | Lender

export interface Lender {
  /** Serves one borrower at a time: with a pool of one connection a second one would wait for ever. */
  readonly lend: <T>(body: (client: pg.Client) => Promise<T>) => Promise<T>
}

export function isLender(connection: object): connection is Lender {
  return 'lend' in connection && typeof connection.lend === 'function'
}

/**
 * Reads `dialect` and `dialectConfig`, or `kysely`, without connecting.
 *
 * @param config the export of the file, not validated
 * @throws Error with the reason why the file cannot be used
 */
export async function readConnection(config: object): Promise<KyselyConnection> {
  const { dialect, dialectConfig, kysely } = config as Partial<Record<string, unknown>>
  if (dialect === 'pg') return poolOptions(await resolved(dialectConfig))
  if (typeof dialect === 'string') throw new Error(`its dialect '${dialect}' is not 'pg'`)
  if (dialect !== undefined) {
    return lender(async () => {
      const { Kysely } = await import('kysely')
      return new Kysely({ dialect: await shaped(dialect, isDialect) })
    })
  }
  if (kysely !== undefined) return lender(() => shaped(kysely, isKysely))
  throw new Error('it has no dialect')
}

async function poolOptions(dialectConfig: unknown): Promise<pg.ClientConfig> {
  const pool = isObject(dialectConfig) ? await resolved(dialectConfig.pool) : undefined
  const options = isObject(pool) ? pool.options : undefined
  if (!isObject(options)) throw new Error('its dialectConfig has no pool of pg')
  // The password of a pool is not enumerable: a spread does not copy it.
  return { ...options, password: options.password as pg.ClientConfig['password'] }
}

function lender(open: () => Promise<Kysely<unknown>>): Lender {
  let isLent = false
  return {
    async lend(body) {
      if (isLent) throw new Error('the connection of the dialect is in use')
      isLent = true
      try {
        return await borrowed(await open(), body)
      } finally {
        isLent = false
      }
    },
  }
}

async function borrowed<T>(
  kysely: Kysely<unknown>,
  body: (client: pg.Client) => Promise<T>,
): Promise<T> {
  let result: T
  try {
    result = await kysely
      .withoutPlugins()
      .connection()
      .execute((db) => body(clientOver(db)))
  } catch (error) {
    await kysely.destroy().catch((cleanUp) => suppress(error, cleanUp))
    throw error
  }
  // kysely-ctl does so too: idle connections would keep the process alive.
  await kysely.destroy()
  return result
}

function clientOver(db: Kysely<unknown>): pg.Client {
  const query = async (text: string, values: unknown[] = []) => {
    const { CompiledQuery } = await import('kysely')
    const { rows, numAffectedRows } = await db.executeQuery(CompiledQuery.raw(text, values))
    if (numAffectedRows === undefined) return { rows }
    // The shape of the answer to any statement that changes rows.
    return { rows, command: 'UPDATE', rowCount: Number(numAffectedRows) }
  }
  // The commands only call `query`, with a text and values.
  return { query } as unknown as pg.Client
}

/** kysely-ctl takes a value or a function that returns it. */
async function resolved(value: unknown): Promise<unknown> {
  return typeof value === 'function' ? value() : value
}

async function shaped<T>(value: unknown, isShaped: (value: unknown) => value is T): Promise<T> {
  const made = await resolved(value)
  if (isShaped(made)) return made
  throw new Error('it has no dialect')
}

// Checked by shape: the application may have a Kysely of its own.
function isDialect(value: unknown): value is Dialect {
  return isObject(value) && typeof value.createDriver === 'function'
}

function isKysely(value: unknown): value is Kysely<unknown> {
  return isObject(value) && typeof value.withoutPlugins === 'function'
}

function isObject(value: unknown): value is Partial<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

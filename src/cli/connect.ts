import pg from 'pg'
import type { Config } from '../config.ts'
import {
  databaseConnectionLost,
  databaseLoginRefused,
  databaseUnreachable,
  isTenancyError,
} from '../errors.ts'

const CONNECT_TIMEOUT = 10_000

// Wrong or missing password, no such role or no right to log in, no such database.
// https://www.postgresql.org/docs/current/errcodes-appendix.html
const LOGIN_REFUSED = ['28P01', '28000', '3D000']

/**
 * Runs `body` with a client of its own, closed afterwards. What is thrown never shows the password.
 *
 * @param url instead of `connection`
 * @throws `DATABASE.UNREACHABLE`, `DATABASE.LOGIN_REFUSED`, or `DATABASE.CONNECTION_LOST` when the
 * connection breaks under `body`
 */
export async function withClient<T>(
  connection: Config['connection'],
  url: string | undefined,
  body: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = createClient(url ?? connection)
  let lost = false
  // A client without a listener takes the process down when its backend dies.
  client.on('error', () => {
    lost = true
  })

  try {
    await connect(client)
    return await body(client)
  } catch (error) {
    if (isTenancyError(error) || !(lost || isShutdown(error))) throw error
    throw databaseConnectionLost(target(client), error)
  } finally {
    await client.end()
  }
}

function createClient(connection: string | pg.ClientConfig | undefined): pg.Client {
  if (connection === undefined) {
    throw databaseUnreachable('The database', new Error('neither the config nor --url names one'))
  }
  try {
    return new pg.Client({
      connectionTimeoutMillis: CONNECT_TIMEOUT,
      fallback_application_name: 'kysely-tenants',
      ...(typeof connection === 'string' ? { connectionString: readable(connection) } : connection),
    })
  } catch (error) {
    throw databaseUnreachable('The database', error)
  }
}

// `postgres://user:12/3@host/db` parses, with a part of the password as the name of the database.
function readable(url: string): string {
  const isSocket = url.startsWith('/')
  if (!isSocket && (!URL.canParse(url) || new URL(url).pathname.includes('@'))) {
    throw new Error('its URL cannot be read; percent-encode special characters of the password')
  }
  return url
}

async function connect(client: pg.Client): Promise<void> {
  try {
    await client.connect()
  } catch (error) {
    const refused = LOGIN_REFUSED.includes(sqlState(error) ?? '')
    throw (refused ? databaseLoginRefused : databaseUnreachable)(target(client), firstOf(error))
  }
}

function target({ user, host, port, database }: pg.Client): string {
  return `postgres://${user}@${host}:${port}/${database}`
}

// A name with an IPv4 and an IPv6 address fails as a list without a message of its own.
function firstOf(error: unknown): unknown {
  return error instanceof AggregateError ? error.errors[0] : error
}

// The server ends the session: an administrator, a shutdown, a crash, a dropped database.
function isShutdown(error: unknown): boolean {
  return sqlState(error)?.startsWith('57P') ?? false
}

function sqlState(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError ? error.code : undefined
}

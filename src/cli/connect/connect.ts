import type pg from 'pg'
import type { Config } from '../../config/config.ts'
import {
  databaseConnectionLost,
  databaseLoginRefused,
  databaseUnreachable,
} from '../../errors/command/database.ts'
import { isTenancyError, type TenancyError } from '../../errors/tenancy-error.ts'
import type { KyselyConfig } from './kysely-config.ts'
import {
  isLender,
  type KyselyConnection,
  type Lender,
  readConnection,
} from './kysely-connection.ts'

const CONNECT_TIMEOUT = 10_000

// Wrong or missing password, no such role or no right to log in, no such database.
// https://www.postgresql.org/docs/current/errcodes-appendix.html
const LOGIN_REFUSED = ['28P01', '28000', '3D000']

/** The database to connect to, and the file that names it when that is not our own config. */
export interface Connection {
  readonly to: Config['connection'] | KyselyConnection
  readonly file: string | undefined
}

/**
 * Reads the connection of a `kysely.config`.
 *
 * @throws `DATABASE.UNREACHABLE` when it has none that can be used
 */
export async function connectionOf(config: KyselyConfig | undefined): Promise<Connection> {
  if (config === undefined) return { to: undefined, file: undefined }
  try {
    return { to: await readConnection(config.exported), file: config.name }
  } catch (error) {
    throw databaseUnreachable(`The database of ${config.name}`, error, 'named')
  }
}

/**
 * Runs `body` with a client of its own, closed afterwards. No error shows the password.
 *
 * @param source read when there is no `url`
 * @throws `DATABASE.UNREACHABLE`, `DATABASE.LOGIN_REFUSED`, or `DATABASE.CONNECTION_LOST` when the
 * connection breaks under `body`
 */
export async function withClient<T>(
  source: Config['connection'] | (() => Promise<Connection>),
  url: string | undefined,
  body: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const given = { to: url, file: undefined }
  const { to, file } =
    url !== undefined
      ? given
      : typeof source === 'function'
        ? await source()
        : { to: source, file: undefined }
  return typeof to === 'object' && isLender(to)
    ? borrow(to, `database of ${file}`, body)
    : withOwnClient(to, file, body)
}

async function withOwnClient<T>(
  connection: string | pg.ClientConfig | undefined,
  file: string | undefined,
  body: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = await createClient(connection)
  const name = file === undefined ? target(client) : `${target(client)} of ${file}`
  let lost = false
  // A client without a listener takes the process down when its backend dies.
  client.on('error', () => {
    lost = true
  })

  try {
    await connect(client, name)
    return await body(client)
  } catch (error) {
    if (isTenancyError(error) || !(lost || isShutdown(error))) throw error
    throw databaseConnectionLost(name, error)
  } finally {
    await client.end()
  }
}

async function borrow<T>(
  { lend }: Lender,
  name: string,
  body: (client: pg.Client) => Promise<T>,
): Promise<T> {
  let isConnected = false
  try {
    return await lend((client) => {
      isConnected = true
      return body(client)
    })
  } catch (error) {
    if (isTenancyError(error)) throw error
    if (!isConnected) throw connectFailure(`The ${name}`, error)
    if (isShutdown(error)) throw databaseConnectionLost(`the ${name}`, error)
    throw error
  }
}

async function createClient(connection: string | pg.ClientConfig | undefined): Promise<pg.Client> {
  if (connection === undefined) {
    throw databaseUnreachable('The database', 'neither the config nor --url names one', 'named')
  }
  const options = typeof connection === 'string' ? { connectionString: connection } : connection
  const { connectionString: url } = options
  if (url !== undefined && !isReadable(url)) throw urlUnreadable()

  const { default: pg } = await import('pg')
  try {
    return new pg.Client({
      connectionTimeoutMillis: CONNECT_TIMEOUT,
      // A peer that disappeared is noticed within minutes, and a firewall that closes idle connections does
      // not cut off a long step.
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      fallback_application_name: 'kysely-tenants',
      ...options,
    })
  } catch (error) {
    throw url === undefined ? databaseUnreachable('The database', error) : urlUnreadable()
  }
}

// The URL is left out: it may hold a password in a place where no parser looks for one.
function urlUnreadable(): TenancyError {
  return databaseUnreachable('The database', 'its URL cannot be read', 'url')
}

const PROTOCOLS = /^(postgres|postgresql|socket):\/?\//

/**
 * pg reads much that is no URL, and takes the password for a part of another name, which a message would
 * show: `app:secret@host/db`, `jdbc:postgresql://…`, a blank before the URL.
 */
function isReadable(url: string): boolean {
  const isSocket = url.startsWith('/')
  if (isSocket) return true
  // `postgres://user:12/3@host/db` parses, with a part of the password as the name of the database.
  return PROTOCOLS.test(url) && URL.canParse(url) && !new URL(url).pathname.includes('@')
}

async function connect(client: pg.Client, name: string): Promise<void> {
  try {
    await client.connect()
  } catch (error) {
    throw connectFailure(name, error)
  }
}

function connectFailure(name: string, error: unknown): TenancyError {
  const refused = LOGIN_REFUSED.includes(sqlState(error) ?? '')
  return (refused ? databaseLoginRefused : databaseUnreachable)(name, firstOf(error))
}

// pg leaves undefined what neither the URL nor the environment names.
function target({ user, host, port, database }: pg.Client): string {
  const login = user === undefined ? '' : `${user}@`
  return `postgres://${login}${host}:${port}/${database ?? ''}`
}

// A name with an IPv4 and an IPv6 address fails as a list without a message of its own.
function firstOf(error: unknown): unknown {
  return error instanceof AggregateError ? error.errors[0] : error
}

// The server ends the session: an administrator, a shutdown, a crash, a dropped database.
function isShutdown(error: unknown): boolean {
  return sqlState(error)?.startsWith('57P') ?? false
}

// Checked by shape: a dialect may bring a pg of its own.
function sqlState(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : undefined
}

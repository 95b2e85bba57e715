import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { startEmbeddedPostgres } from './embedded-postgres.ts'
import { loadedVersion } from './loaded-version.ts'

interface Server {
  readonly url: string
  readonly origin: string
  stop(): Promise<void>
}

// Mocha may load this file twice, by `require` and by `import`: the server's URL is in the environment,
// which both copies share, and only the copy that mocha was given starts and ends a server.
const SERVER_URL = 'KYSELY_TENANTS_TEST_SERVER'

let server: Server | undefined

/** Before the first test: the run says which server, which Kysely and which pg it uses. */
export async function mochaGlobalSetup(): Promise<void> {
  const packages = `Kysely ${loadedVersion('kysely')}; pg ${loadedVersion('pg')}`
  server = await startServer()
  process.env[SERVER_URL] = server.url
  const version = await withClient(server.url, async (client) => {
    const { rows } = await client.query<{ version: string }>(
      `select current_setting('server_version') as version`,
    )
    return rows[0]?.version
  })
  process.stdout.write(`\n  PostgreSQL ${version}, ${server.origin}; ${packages}\n`)
}

/** After the last test: the server that the run started ends with it. */
export async function mochaGlobalTeardown(): Promise<void> {
  await server?.stop()
}

/**
 * A `describe` that looks at all roles of a server: on this one no other file makes any, though it
 * runs at the same time.
 */
export function describeOnOwnServer(title: string, body: () => void): void {
  describe(title, () => {
    let own: Server
    let shared: string | undefined
    before(async () => {
      own = await startEmbedded()
      shared = process.env[SERVER_URL]
      process.env[SERVER_URL] = own.url
    })
    body()
    // Behind the hooks of the body, which close their connections.
    after(async () => {
      process.env[SERVER_URL] = shared
      await own.stop()
    })
  })
}

/** 14 to 18. */
export function serverMajor(): Promise<number> {
  const url = process.env[SERVER_URL] ?? ''
  return withClient(url, async (client) => {
    const { rows } = await client.query<{ major: number }>(
      `select current_setting('server_version_num')::int / 10000 as major`,
    )
    return rows[0]?.major ?? 0
  })
}

/** Runs `body` in a database of its own, dropped afterwards. */
export async function withDatabase<T>(body: (url: string) => Promise<T>): Promise<T> {
  const database = await createDatabase()
  try {
    return await body(database.url)
  } finally {
    await database.drop()
  }
}

export interface TestDatabase {
  readonly url: string
  readonly name: string
  /** Drops the database and every role whose name begins with its name. */
  drop(): Promise<void>
}

/** For a test file whose cases share one database: create in `before`, drop in `after`. */
export async function createDatabase(): Promise<TestDatabase> {
  const serverUrl = process.env[SERVER_URL]
  if (serverUrl === undefined) throw new Error('no server: is test/support/postgres.ts required?')
  const url = new URL(serverUrl)
  const name = `kt_${randomBytes(5).toString('hex')}`
  await withClient(serverUrl, async (admin) => {
    // Eight times as fast as through the log; the only way before 15.
    const { rows } = await admin.query<{ knows: boolean }>(
      `select current_setting('server_version_num')::int >= 150000 as knows`,
    )
    const strategy = rows[0]?.knows ? 'strategy file_copy' : ''
    await admin.query(`create database ${name} ${strategy}`)
    // A backend whose client is gone ends at once, not when its statement is done.
    await admin.query(`alter database ${name} set client_connection_check_interval = '50ms'`)
  })
  url.pathname = `/${name}`
  return { url: url.href, name, drop: () => dropDatabase(serverUrl, name) }
}

async function dropDatabase(serverUrl: string, name: string): Promise<void> {
  await withClient(serverUrl, async (admin) => {
    // A pool that was told to end says so before its sockets are closed: let them close, or the
    // server ends them with an error for which no listener is left. One that is never told is found
    // here. A worker of autovacuum is not a connection of the test, and `drop database` ends it.
    const open = `from pg_stat_activity where datname = '${name}' and backend_type = 'client backend'`
    await admin.query(`do $$ begin
      for i in 1..200 loop
        perform pg_stat_clear_snapshot();
        if not exists (select ${open}) then return; end if;
        perform pg_sleep(0.01);
      end loop;
      raise exception 'a test left connections open: %', (select string_agg(query, '; ') ${open});
      end $$`)
    await admin.query(`drop database ${name}`)
    const { rows } = await admin.query<{ role: string }>(
      `select quote_ident(rolname) as role from pg_roles where starts_with(rolname, $1)`,
      [`${name}_`],
    )
    for (const { role } of rows) await admin.query(`drop role ${role}`)
  })
}

export async function withClient<T>(
  url: string,
  body: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await body(client)
  } finally {
    await client.end()
  }
}

/** Runs `body` in a transaction that is never committed: closing the connection rolls it back. */
export function withRollback<T>(url: string, body: (client: pg.Client) => Promise<T>): Promise<T> {
  return withClient(url, async (client) => {
    await client.query('begin')
    return body(client)
  })
}

/**
 * A role for this database alone. Roles belong to the server, not to the database: two tests that
 * both create `app_user` are in each other's way.
 */
export function roleName(url: string, role: string): string {
  return `${new URL(url).pathname.slice(1)}_${role}`
}

/** The same database with another login. */
export function loginUrl(url: string, role: string, password = 'secret'): string {
  const login = new URL(url)
  login.username = role
  login.password = password
  return login.href
}

// A URL of a superuser, else Docker, else the binaries of an npm package. There is no fourth case:
// tests that skip themselves look like tests that pass.
async function startServer(): Promise<Server> {
  return givenServer() ?? (await startContainer()) ?? (await startEmbedded())
}

function givenServer(): Server | undefined {
  const url = process.env.KYSELY_TENANTS_TEST_URL
  if (!url) return undefined
  return { url, origin: 'KYSELY_TENANTS_TEST_URL', stop: async () => undefined }
}

async function startContainer(): Promise<Server | undefined> {
  if (!(await dockerAnswers())) return undefined
  const { GenericContainer, Wait } = await import('testcontainers')
  const version = process.env.KYSELY_TENANTS_TEST_POSTGRES ?? '18'
  const container = await new GenericContainer(`postgres:${version}-alpine`)
    .withEnvironment({ POSTGRES_HOST_AUTH_METHOD: 'trust' })
    .withExposedPorts(5432)
    .withCommand(['postgres', '-c', 'fsync=off', '-c', 'max_connections=200'])
    .withWaitStrategy(Wait.forLogMessage(/ready to accept connections/, 2))
    .start()
  return {
    url: `postgres://postgres@${container.getHost()}:${container.getMappedPort(5432)}/postgres`,
    origin: 'Docker',
    stop: async () => {
      await container.stop()
    },
  }
}

async function startEmbedded(): Promise<Server> {
  const embedded = await startEmbeddedPostgres(process.env.KYSELY_TENANTS_TEST_EMBEDDED)
  return { ...embedded, origin: 'embedded-postgres' }
}

// Asked before `testcontainers` is loaded: without an engine it is only slow.
async function dockerAnswers(): Promise<boolean> {
  const { request } = await import('node:http')
  const host = process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock'
  const target = host.startsWith('unix://')
    ? { socketPath: host.slice('unix://'.length) }
    : { host: new URL(host).hostname, port: new URL(host).port }
  return new Promise((resolve) => {
    request({ ...target, path: '/_ping', timeout: 2000 }, (response) => {
      response.resume()
      resolve(response.statusCode === 200)
    })
      .on('error', () => resolve(false))
      .on('timeout', () => resolve(false))
      .end()
  })
}

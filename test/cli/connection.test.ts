import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { expect } from 'chai'
import { withClient as withCliClient } from '../../src/cli/connect/connect.ts'
import { isTenancyError } from '../../src/errors/tenancy-error.ts'
import { freePort } from '../support/free-port.ts'
import {
  createDatabase,
  loginUrl,
  roleName,
  type TestDatabase,
  withClient,
} from '../support/postgres.ts'
import { type CliRun, runCli, trouble } from '../support/run-cli.ts'

const TABLES = { tables: ['projects'] }
const PASSWORD = 'correct-horse'

describe('a connection that fails: one clear message, exit code 2, nothing on stdout', () => {
  describe('a login', () => {
    let database: TestDatabase
    before(async () => {
      database = await createDatabase()
    })
    after(() => database.drop())

    it('to a database that does not exist is refused', async () => {
      const url = new URL(loginUrl(database.url, new URL(database.url).username, PASSWORD))
      url.pathname = `/${database.name}_missing`

      expect(await runCli(['status', '--url', url.href], TABLES)).to.deep.equal(
        refused(url, `database "${database.name}_missing" does not exist`),
      )
    })

    it('of a role that may not log in is refused', async () => {
      const role = roleName(database.url, 'locked')
      await withClient(database.url, (client) => client.query(`create role ${role} nologin`))
      const url = new URL(loginUrl(database.url, role, PASSWORD))

      expect(await runCli(['status', '--url', url.href], TABLES)).to.deep.equal(
        refused(url, `role "${role}" is not permitted to log in`),
      )
    })

    // The test server trusts every password, so these are its two messages on the wire.
    // https://www.postgresql.org/docs/current/protocol-message-formats.html
    it('with a wrong password is refused', async () => {
      const server = await refusePasswords()
      const url = new URL(`postgres://app:${PASSWORD}@127.0.0.1:${portOf(server)}/shop`)
      try {
        expect(await runCli(['status', '--url', url.href], TABLES)).to.deep.equal(
          refused(url, 'password authentication failed for user "app"'),
        )
      } finally {
        server.close()
      }
    })
  })

  describe('a URL', () => {
    const urls = [
      `postgres://app:12/${PASSWORD}@localhost/shop`,
      `postgres://app:${PASSWORD}#1@localhost/shop`,
      `app:${PASSWORD}@localhost/shop`,
      ` postgres://app:${PASSWORD}@localhost/shop`,
      `jdbc:postgresql://app:${PASSWORD}@localhost/shop`,
      `mysql://app:${PASSWORD}@localhost/shop`,
      `"postgres://app:${PASSWORD}@localhost/shop"`,
      `postgres://app:${PASSWORD}@/shop?host=/var/run/postgresql`,
      `host=localhost password=${PASSWORD} dbname=shop`,
    ]
    for (const url of urls) {
      it(`that cannot be read is not echoed: ${url}`, async () => {
        const unreadable = trouble(
          '✖ The database could not be reached: its URL cannot be read; nothing was done.  DATABASE.UNREACHABLE',
          '  next Write `postgres://user:password@host:5432/database`, with special characters percent-encoded (@ as %40), or a socket as `postgres://user@%2Fvar%2Frun%2Fpostgresql/database`.',
        )
        expect(await runCli(['status', '--url', url], TABLES)).to.deep.equal(unreadable)
        const connection = { connectionString: url }
        expect(await runCli(['status'], { ...TABLES, connection })).to.deep.equal(unreadable)
      })
    }

    it('that names no login, no host and no database is shown without them', async () => {
      const port = await freePort()
      const { err } = await runCli(['status', '--url', `postgres://127.0.0.1:${port}`], TABLES)
      expect(err).not.to.include('undefined')
    })
  })

  describe('a connection that breaks half-way', () => {
    let database: TestDatabase
    before(async () => {
      database = await createDatabase()
    })
    after(() => database.drop())

    it('is named, and the process lives on', async () => {
      const lost = withCliClient(database.url, undefined, (client) =>
        client.query('select pg_terminate_backend(pg_backend_pid())'),
      )
      expect(await codeOf(lost)).to.equal('DATABASE.CONNECTION_LOST')
    })

    it('is named too when it broke while nothing was asked', async () => {
      const lost = withCliClient(database.url, undefined, async (client) => {
        const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
        const gone = new Promise<void>((resolve) => client.once('end', resolve))
        await withClient(database.url, (killer) =>
          killer.query('select pg_terminate_backend($1)', [rows[0]?.pid]),
        )
        await gone
        await client.query('select 1')
      })
      expect(await codeOf(lost)).to.equal('DATABASE.CONNECTION_LOST')
    })
  })
})

function refused(url: URL, reason: string): CliRun {
  const target = new URL(url)
  target.password = ''
  return trouble(
    `✖ ${target.href} refused the login: ${reason}; nothing was done.  DATABASE.LOGIN_REFUSED`,
    '  next Check user, password and database in `connection` or `--url`.',
  )
}

async function codeOf(failing: Promise<unknown>): Promise<string> {
  try {
    await failing
  } catch (error) {
    if (isTenancyError(error)) return error.code
    throw error
  }
  return 'no error'
}

function refusePasswords(): Promise<Server> {
  const askPassword = Buffer.from([...Buffer.from('R'), 0, 0, 0, 8, 0, 0, 0, 3])
  const fields = Buffer.from(
    'SFATAL\0VFATAL\0C28P01\0Mpassword authentication failed for user "app"\0\0',
  )
  const refuse = Buffer.alloc(5)
  refuse.write('E')
  refuse.writeInt32BE(fields.length + 4, 1)

  return listen(
    createServer((socket) => {
      socket.once('data', () => {
        socket.write(askPassword)
        socket.once('data', () => socket.end(Buffer.concat([refuse, fields])))
      })
    }),
  )
}

async function listen(server: Server): Promise<Server> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port.')
  return address.port
}

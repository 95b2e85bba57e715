import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { expect } from 'chai'
import { withClient as withCliClient } from '../../src/cli/connect/connect.ts'
import { isTenancyError } from '../../src/errors/tenancy-error.ts'
import {
  createDatabase,
  loginUrl,
  roleName,
  type TestDatabase,
  withClient,
} from '../support/postgres.ts'
import { type CliRun, runCli, trouble, withProject } from '../support/run-cli.ts'

const COMMANDS = [
  'audit',
  'status',
  'migrate:rls',
  'migrate:latest',
  'migrate:down',
  'migrate:list',
  'backfill',
]
const TABLES = { tables: ['projects'] }
const PASSWORD = 'correct-horse'

describe('bad input: one clear message, exit code 2, nothing on stdout', () => {
  for (const command of COMMANDS) {
    describe(command, () => {
      it('names every problem of the config at once', async () => {
        const config = {
          conection: 'postgres://localhost/app',
          tenant: { colum: 'org_id', type: 'float' },
          tables: { projects: { shared: 'yes' } },
        }
        expect(await runCli([command], config)).to.deep.equal(
          trouble(
            '✖ The config is not valid; nothing was done.  CONFIG.INVALID',
            '  conection: unknown key; did you mean connection? config takes connection, tenant, roles, schemas, tables, global, migrations, audit',
            '  tenant.colum: unknown key; did you mean column? tenant takes column, type, setting',
            "  tenant.type: expected one of uuid, text, varchar, integer, bigint, got 'float'",
            "  tables.projects.shared: expected true or false, got 'yes'",
            '  next Each line above names the key and what it expects.',
          ),
        )
      })

      for (const config of ['', 'export default {}']) {
        it(`asks for tables when the config is ${config || 'an empty file'}`, async () => {
          expect(await runCli([command], config)).to.deep.equal(
            trouble(
              '✖ The config is not valid; nothing was done.  CONFIG.INVALID',
              "  tables: name at least one tenant table, such as { projects: {} } or ['projects']",
              '  next Each line above names the key and what it expects.',
            ),
          )
        })
      }

      it('says where it looked for the config', async () => {
        expect(await runCli([command])).to.deep.equal(
          trouble(
            '✖ There is no config file at <folder>/kysely-tenants.config.ts; nothing was done.  CONFIG.NOT_FOUND',
            '  next Write one with `kysely-tenants init`, or pass `--config <path>`.',
          ),
        )
      })

      it('does not take another config for the one that was named', async () => {
        const { code, out, err } = await runCli([command, '--config', 'other.ts'], TABLES)
        expect({ code, out }).to.deep.equal({ code: 2, out: '' })
        expect(err).to.include('✖ There is no config file at <folder>/other.ts;')
      })

      it('shows where the syntax of the config breaks', async () => {
        const { code, out, err } = await runCli([command], 'export default { tables: [')
        expect({ code, out }).to.deep.equal({ code: 2, out: '' })
        expect(err).to.match(/^✖ The config file <folder>\/kysely-tenants\.config\.ts could not be/)
        expect(err).to.include('kysely-tenants.config.ts:1:').and.include('CONFIG.UNREADABLE')
      })

      it('asks for a database when nobody named one', async () => {
        expect(await runCli([command], TABLES)).to.deep.equal(
          trouble(
            '✖ The database could not be reached: neither the config nor --url names one; nothing was done.  DATABASE.UNREACHABLE',
            '  next Set `connection` in the config or pass `--url postgres://user:password@host:5432/database`.',
          ),
        )
      })

      it('says what could not be reached, without the password', async () => {
        const port = await closedPort()
        const url = `postgres://app:${PASSWORD}@127.0.0.1:${port}/shop`

        expect(await runCli([command, '--url', url], TABLES)).to.deep.equal(
          trouble(
            `✖ postgres://app@127.0.0.1:${port}/shop could not be reached: connect ECONNREFUSED 127.0.0.1:${port}; nothing was done.  DATABASE.UNREACHABLE`,
            '  next Set `connection` in the config or pass `--url postgres://user:password@host:5432/database`.',
          ),
        )
      })
    })
  }

  describe('a config file', () => {
    const unreadable = (reason: string) =>
      trouble(
        `✖ The config file <folder>/kysely-tenants.config.ts could not be loaded: ${reason}  CONFIG.UNREADABLE`,
        '  next Run the file on its own to see the whole error; it must have a default export.',
      )

    it('that throws is quoted', async () => {
      const config = `throw new Error('no DATABASE_URL')`
      expect(await runCli(['status'], config)).to.deep.equal(unreadable('no DATABASE_URL'))
    })

    it('without a default export is not taken for an empty one', async () => {
      const config = 'export const config = { tables: ["projects"] }'
      expect(await runCli(['status'], config)).to.deep.equal(
        unreadable('it has no default export.'),
      )
    })

    it('that exports something else than an object is refused', async () => {
      const { code, out, err } = await runCli(['status'], 'export default ["projects"]')
      expect({ code, out }).to.deep.equal({ code: 2, out: '' })
      expect(err).to.include('config: expected an object, got ["projects"]')
    })
  })

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
    ]
    for (const url of urls) {
      it(`that cannot be read is not echoed: ${url}`, async () => {
        const { code, out, err } = await runCli(['status', '--url', url], TABLES)
        expect({ code, out }).to.deep.equal({ code: 2, out: '' })
        expect(err).to.match(/^✖ The database could not be reached: .*DATABASE\.UNREACHABLE\n/)
        expect(err).not.to.include(PASSWORD)
      })
    }
  })

  describe('what the config names and the database does not have', () => {
    let database: TestDatabase
    before(async () => {
      database = await createDatabase()
      await withClient(database.url, (client) =>
        client.query(`
          create table projects (id int primary key, tenant_id uuid not null);
          create view open_projects as select * from projects;
          create table prices (id int primary key, tenant_id double precision not null);
          create view price_list as select id from prices;
          create policy by_hand on prices using (tenant_id > 0);
          create schema billing;
          create table billing.invoices (id int primary key, tenant_id uuid not null);
        `),
      )
    })
    after(() => database.drop())

    it('says when two names are one table', async () => {
      const config = {
        roles: { app: `${database.name}_clerk` },
        schemas: ['public', 'billing'],
        tables: ['projects', 'public.projects', 'billing.invoices'],
        global: ['invoices'],
      }
      await withClient(database.url, (client) => client.query(`create role ${database.name}_clerk`))
      expect(await runCli(['status', '--url', database.url], config)).to.deep.equal(
        trouble(
          '✖ The config and the database do not match; nothing was done.  CATALOG.MISMATCH',
          '  public.projects is listed twice, as projects in `tables` and as public.projects in `tables`; keep one.',
          '  billing.invoices is listed twice, as billing.invoices in `tables` and as invoices in `global`; keep one.',
          '  next Run the pending migrations of your schema first, or correct the names in the config.',
        ),
      )
    })

    for (const command of ['audit', 'status', 'migrate:rls', 'backfill']) {
      it(`stops ${command}, and all of it is named`, async () => {
        const config = {
          roles: { app: `${database.name}_app` },
          tables: ['projects', 'tasks', 'invoices', 'billing.invoices', 'open_projects', 'prices'],
        }
        const type =
          '  public.prices.tenant_id is double precision; a tenant column is uuid, text, varchar, integer, bigint or a domain over one of them. To alter its type, view public.price_list, policy by_hand on public.prices must go first.'
        expect(await runCli([command, '--url', database.url], config)).to.deep.equal(
          trouble(
            '✖ The config and the database do not match; nothing was done.  CATALOG.MISMATCH',
            `  Role ${database.name}_app is missing.`,
            '  Table public.tasks is missing.',
            '  Table public.invoices is missing. There is billing.invoices.',
            '  public.open_projects is a view; only tables have row security.',
            // The audit has a check for it.
            ...(command === 'audit' ? [] : [type]),
            '  next Run the pending migrations of your schema first, or correct the names in the config.',
          ),
        )
      })
    }
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

describe('the config', () => {
  it('may read a variable from the .env beside it', () =>
    withProject(
      'export default { connection: process.env.KYSELY_TENANTS_TEST_DOTENV, tables: ["a"] }',
      async ({ folder, run }) => {
        const { writeFileSync } = await import('node:fs')
        const port = await closedPort()
        writeFileSync(
          `${folder}/.env`,
          `KYSELY_TENANTS_TEST_DOTENV=postgres://app@127.0.0.1:${port}/shop\n`,
        )
        try {
          expect((await run('status')).err).to.include(
            `postgres://app@127.0.0.1:${port}/shop could not`,
          )
        } finally {
          delete process.env.KYSELY_TENANTS_TEST_DOTENV
        }
      },
    ))
})

function refused(url: URL, reason: string): CliRun {
  const target = new URL(url)
  target.password = ''
  return trouble(
    `✖ ${target.href} refused the login: ${reason}  DATABASE.LOGIN_REFUSED`,
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

async function closedPort(): Promise<number> {
  const server = await listen(createServer())
  const port = portOf(server)
  server.close()
  await once(server, 'close')
  return port
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

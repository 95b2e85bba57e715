import { writeFileSync } from 'node:fs'
import { expect } from 'chai'
import { freePort } from '../support/free-port.ts'
import { runCli, trouble, withProject } from '../support/run-cli.ts'

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
            '  conection: unknown key; did you mean connection? config takes connection, tenant, roles, schemas, tables, global, force, lookups, migrations, audit',
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
            '✖ There is no config file at <folder>/kysely-tenants.config.ts or in a folder above it; nothing was done.  CONFIG.NOT_FOUND',
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
            '  next Set `connection` in the config, or DATABASE_URL where the config or `init` reads it, or pass `--url postgres://user:password@host:5432/database`.',
          ),
        )
      })

      it('says what could not be reached, without the password', async () => {
        const port = await freePort()
        const url = `postgres://app:${PASSWORD}@127.0.0.1:${port}/shop`

        expect(await runCli([command, '--url', url], TABLES)).to.deep.equal(
          trouble(
            `✖ postgres://app@127.0.0.1:${port}/shop could not be reached: connect ECONNREFUSED 127.0.0.1:${port}; nothing was done.  DATABASE.UNREACHABLE`,
            '  next Check that the server runs, and host, port and `sslmode` in `connection` or `--url`.',
          ),
        )
      })
    })
  }

  describe('a config file', () => {
    const unreadable = (reason: string) =>
      trouble(
        `✖ The config file <folder>/kysely-tenants.config.ts could not be loaded, and nothing was done: ${reason}  CONFIG.UNREADABLE`,
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
})

describe('the config', () => {
  it('may read a variable from the .env beside it', () =>
    withProject(
      'export default { connection: process.env.KYSELY_TENANTS_TEST_DOTENV, tables: ["a"] }',
      async ({ folder, run }) => {
        const port = await freePort()
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

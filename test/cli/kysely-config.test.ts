import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect } from 'chai'
import { installPackages } from '../support/config-package.ts'
import { createDatabase, type TestDatabase, withClient } from '../support/postgres.ts'
import { type Project, withProject } from '../support/run-cli.ts'

const CONFIG = `export default { tables: ['notes'] }`

// The examples of the documentation of kysely-ctl, each with a pool of its own.
// https://github.com/kysely-org/kysely-ctl#configuration
const WAYS = {
  "dialect: 'pg' with a pool": `dialect: 'pg',
  dialectConfig: { pool: new Pool({ connectionString: URL_ }) },`,
  "dialect: 'pg' with a function that makes the pool": `dialect: 'pg',
  dialectConfig: () => ({ pool: async () => new Pool({ connectionString: URL_ }) }),`,
  'an instance of a dialect': `dialect: new PostgresDialect({ pool: new Pool({ connectionString: URL_ }) }),`,
  'a function that makes the dialect': `dialect: () => new PostgresDialect({ pool: new Pool({ connectionString: URL_ }) }),`,
  'a dialect with a pool of one connection': `dialect: new PostgresDialect({ pool: new Pool({ connectionString: URL_, max: 1 }) }),`,
  'a Kysely': `kysely: new Kysely({
    dialect: new PostgresDialect({ pool: new Pool({ connectionString: URL_ }) }),
    plugins: [new CamelCasePlugin()],
  }),`,
}

function kyselyConfig(url: string, options: string): string {
  return `import { CamelCasePlugin, Kysely, PostgresDialect } from 'kysely'
import { defineConfig } from 'kysely-ctl'
import { Pool } from 'pg'

const URL_ = '${url}'

export default defineConfig({
  ${options}
})
`
}

describe('kysely.config gives what ours leaves out', () => {
  let database: TestDatabase
  before(async () => {
    database = await createDatabase()
    await withClient(database.url, (client) =>
      client.query('create table notes (id int primary key, tenant_id uuid not null)'),
    )
  })
  after(() => database.drop())

  function inProject(
    files: Readonly<Record<string, string>>,
    body: (project: Project) => Promise<void>,
  ): Promise<void> {
    return withProject(CONFIG, (project) => {
      installPackages(project.folder)
      for (const [file, text] of Object.entries(files)) {
        mkdirSync(dirname(join(project.folder, file)), { recursive: true })
        writeFileSync(join(project.folder, file), text)
      }
      return body(project)
    })
  }

  for (const [way, options] of Object.entries(WAYS)) {
    it(`the database, from ${way}`, () =>
      inProject({ 'kysely.config.ts': kyselyConfig(database.url, options) }, async ({ run }) => {
        expect(await run('status')).to.deep.include({ code: 1, err: '' })
        expect(await run('migrate:rls')).to.have.property('code', 0)
        const latest = await run('migrate:latest')
        expect({ code: latest.code, err: latest.err }).to.deep.equal({ code: 0, err: '' })
        expect(await run('status')).to.deep.include({ code: 0, err: '' })
        expect(await run('migrate:down', '--all')).to.have.property('code', 0)
        await withClient(database.url, (client) =>
          client.query('drop table kysely_migration, kysely_migration_lock'),
        )
      }))
  }

  it('the folder of the migrations, relative to itself', () => {
    const options = `${WAYS["dialect: 'pg' with a pool"]}
  migrations: { migrationFolder: '../db/changes' },`
    const files = { '.config/kysely.config.ts': kyselyConfig(database.url, options) }
    return inProject(files, async ({ folder, run }) => {
      expect((await run('migrate:rls')).out).to.match(/^db\/changes\/\d+_tenants_1_indexes\.ts\n/)
      expect(readdirSync(join(folder, 'db/changes'))).not.to.deep.equal([])
      expect((await run('migrate:list')).out).to.match(/^(· \d+_tenants_\d_\w+ {2}pending\n)+$/)
    })
  })

  it('nothing that ours says: it is not even loaded', () => {
    const files = {
      'kysely.config.ts': `throw new Error('loaded')`,
      'kysely-tenants.config.ts': `export default {
        connection: '${database.url}', tables: ['notes'], migrations: { folder: 'changes' } }`,
    }
    return inProject(files, async ({ run }) => {
      expect(await run('status')).to.deep.include({ code: 1, err: '' })
      expect((await run('migrate:rls')).out).to.match(/^changes\//)
    })
  })

  it('no database for whoever names one with --url', () =>
    inProject({ 'kysely.config.ts': `throw new Error('loaded')` }, async ({ run }) => {
      expect(await run('status', '--url', database.url)).to.deep.include({ code: 1, err: '' })
    }))

  it('init leaves it out, and says where it comes from', () => {
    const options = WAYS["dialect: 'pg' with a pool"]
    const files = { 'kysely.config.ts': kyselyConfig(database.url, options) }
    return inProject(files, async ({ folder, run }) => {
      expect(await run('init', '--force')).to.have.property('code', 0)
      const text = readFileSync(join(folder, 'kysely-tenants.config.ts'), 'utf8')
      expect(text).not.to.include('process.env')
      expect(text).to.include('// The commands connect as kysely.config.ts does; that must be')
      expect(text).to.include('// The folder of the migrations is the one of kysely.config.ts.')
      expect(await run('status')).to.deep.include({ code: 1, err: '' })
    })
  })

  describe('bad input', () => {
    const trouble = (text: string) => ({ code: 2, out: '', err: text })
    const hint =
      'next Set `connection` in the config, or DATABASE_URL where the config or `init` reads it, or pass `--url postgres://user:password@host:5432/database`.'

    it('names the file whose database does not answer, without the password', () => {
      const url = new URL(database.url)
      url.password = 'correct-horse'
      url.pathname = '/nowhere'
      const files = {
        'kysely.config.ts': kyselyConfig(url.href, WAYS["dialect: 'pg' with a pool"]),
      }
      return inProject(files, async ({ run }) => {
        url.password = ''
        expect(await run('status')).to.deep.equal(
          trouble(`✖ ${url.href} of kysely.config.ts refused the login: database "nowhere" does not exist; nothing was done.  DATABASE.LOGIN_REFUSED
  next Check user, password and database in \`connection\` or \`--url\`.
`),
        )
      })
    })

    it('names the file whose dialect does not get through', () => {
      const url = new URL(database.url)
      url.pathname = '/nowhere'
      const files = {
        'kysely.config.ts': kyselyConfig(url.href, WAYS['an instance of a dialect']),
      }
      return inProject(files, async ({ run }) => {
        expect(await run('status')).to.deep.equal(
          trouble(`✖ The database of kysely.config.ts refused the login: database "nowhere" does not exist; nothing was done.  DATABASE.LOGIN_REFUSED
  next Check user, password and database in \`connection\` or \`--url\`.
`),
        )
      })
    })

    for (const [options, reason] of Object.entries({
      "dialect: 'postgres', dialectConfig: {},": "its dialect 'postgres' is not 'pg'",
      "dialect: 'pg', dialectConfig: {},": 'its dialectConfig has no pool of pg',
      'plugins: [],': 'it has no dialect',
    })) {
      it(`says that ${reason}`, () =>
        inProject({ 'kysely.config.ts': kyselyConfig('', options) }, async ({ run }) => {
          expect(await run('status')).to.deep.equal(
            trouble(
              `✖ The database of kysely.config.ts could not be reached: ${reason}; nothing was done.  DATABASE.UNREACHABLE\n  ${hint}\n`,
            ),
          )
        }))
    }

    it('shows why it does not load', () =>
      inProject({ 'kysely.config.ts': `throw new Error('no DATABASE_URL')` }, async ({ run }) => {
        expect(await run('status')).to.deep.equal(
          trouble(`✖ The config file <folder>/kysely.config.ts could not be loaded, and nothing was done: no DATABASE_URL  CONFIG.UNREADABLE
  next Run the file on its own to see the whole error; it must have a default export.
`),
        )
      }))
  })
})

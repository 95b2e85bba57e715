import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import { expect } from 'chai'
import { installPackages } from '../support/config-package.ts'
import {
  createDatabase,
  loginUrl,
  type TestDatabase,
  withClient,
  withDatabase,
} from '../support/postgres.ts'
import { type Project, withProject } from '../support/run-cli.ts'

const FILE = 'kysely-tenants.config.ts'
const GOLDEN = new URL('./golden/kysely-tenants.config.ts', import.meta.url)

const SCHEMA = `
  create role APP_owner login password 'secret';
  create role APP_user login password 'secret';
  create role APP_admin login password 'secret';
  grant create, temporary on database APP to APP_owner;
  revoke temporary on database APP from public;
  revoke create on schema public from public;
  grant create on schema public to APP_owner;
  set role APP_owner;

  create schema billing;
  create table countries (code text primary key);
  create table tenants (id uuid primary key default gen_random_uuid(), name text);
  create table users (tenant_id uuid not null references tenants, id uuid not null, email text,
    primary key (tenant_id, id), unique (tenant_id, email));
  create table projects (id uuid primary key, tenant_id uuid not null references tenants);
  create index on projects (tenant_id);
  create table "projectTasks" (id uuid primary key, "projectId" uuid not null references projects);
  create table templates (tenant_id uuid references tenants, body text);
  create table billing.invoices (org_id uuid not null references tenants, number int,
    primary key (org_id, number));
  create table billing.exports (id uuid primary key, tenant_id uuid references tenants,
    project_id uuid references projects);
  create table drafts (id uuid primary key, project_id uuid references projects);
  create table kysely_migration (name varchar(255) primary key, timestamp varchar(255) not null);
  insert into tenants values ('00000000-0000-0000-0000-000000000001', 'acme');
  insert into projects
    select '00000000-0000-0000-0000-00000000000a', id from tenants;
  insert into "projectTasks" select gen_random_uuid(), id from projects;
  insert into billing.exports select gen_random_uuid(), tenant_id, id from projects;

  grant usage on schema public, billing to APP_user, APP_admin;
  grant select, insert, update, delete on tenants, users, projects, "projectTasks", templates,
    billing.invoices, billing.exports to APP_user, APP_admin;
  grant select on countries to APP_user;`

describe('init', () => {
  let database: TestDatabase
  let owner = ''
  before(async () => {
    // Only the tests set it, whatever the environment of the run has.
    delete process.env.DATABASE_URL
    database = await createDatabase()
    owner = loginUrl(database.url, `${database.name}_owner`)
    await withClient(database.url, (client) =>
      client.query(SCHEMA.replaceAll('APP', database.name)),
    )
  })
  after(() => database.drop())

  const told = (text: string) =>
    text
      .replaceAll(`${database.name}_`, 'crm_')
      .replaceAll(database.name, 'crm')
      .replace(/PostgreSQL \d+/, 'PostgreSQL 18')
  const roles = () => [
    '--app-role',
    `${database.name}_user`,
    '--admin-role',
    `${database.name}_admin`,
  ]
  const read = ({ folder }: Project) => readFileSync(join(folder, FILE), 'utf8')

  function inProject(body: (project: Project) => Promise<void>): Promise<void> {
    return withProject(undefined, (project) => {
      installPackages(project.folder)
      return body(project)
    })
  }

  it('writes a config, and says what it found', () =>
    inProject(async (project) => {
      const { code, out, err } = await project.run(
        'init',
        '--url',
        owner,
        ...roles(),
        '--shared',
        'templates',
      )
      expect({ code, out, err: told(err) }).to.deep.equal({
        code: 0,
        out: `${FILE}\n`,
        err: `tenant  tenant_id (uuid), of tenants
tables  7, 1 of them get the column
global  countries
app     crm_user
admin   crm_admin
owner   crm_owner
1 table not decided
  ? drafts: its way to a tenant, project_id, may be NULL
Review it, then run \`kysely-tenants migrate:rls\`.
`,
      })
      const written = told(read(project))
      if (process.env.UPDATE_GOLDEN) writeFileSync(GOLDEN, written)
      expect(written).to.equal(readFileSync(GOLDEN, 'utf8'))
      expect(readdirSync(project.folder).toSorted()).to.deep.equal([
        FILE,
        'node_modules',
        'package.json',
      ])
    }))

  it('is what the other commands can use, up to a database that keeps tenants apart', () =>
    withDatabase(async (url) => {
      const name = new URL(url).pathname.slice(1)
      await withClient(url, (client) => client.query(SCHEMA.replaceAll('APP', name)))
      await inProject(async ({ folder, run }) => {
        writeFileSync(join(folder, '.env'), `DATABASE_URL=${loginUrl(url, `${name}_owner`)}\n`)
        try {
          const init = await run('init', '--app-role', `${name}_user`, '--shared', 'templates')
          expect(init).to.have.property('code', 0)
          expect(await run('status')).to.have.property('code', 1)
          expect(await run('migrate:rls')).to.have.property('code', 0)
          expect(await run('migrate:latest')).to.have.property('code', 0)
          expect(await run('migrate:rls', '--check')).to.have.property('code', 0)
          const { out } = await run('audit', '--json')
          const found: { check: string }[] = JSON.parse(out).findings
          const checks = new Set(found.map(({ check }) => check))
          // Left to the user: unique keys, the server, a login beside that of the app.
          expect(
            [...checks].filter((check) => check !== 'server-rls-cve').toSorted(),
          ).to.deep.equal(['grant-other-role', 'unique-without-tenant'])
        } finally {
          delete process.env.DATABASE_URL
        }
      })
    }))

  it('--dry-run prints the file and writes nothing; --json the config and why', () =>
    inProject(async (project) => {
      const flags = ['--url', owner, ...roles()]
      const dry = await project.run('init', ...flags, '--dry-run')
      expect(existsSync(join(project.folder, FILE))).to.equal(false)
      expect(dry.err).to.match(
        /\nNothing was written; the file would be kysely-tenants.config.ts.\n$/,
      )

      const { code, out } = await project.run('init', ...flags, '--json')
      const { file, config, proposal } = JSON.parse(told(out))
      expect(code).to.equal(0)
      expect(read(project)).to.equal(dry.out)
      expect({ file, config, undecided: proposal.undecided }).to.deep.equal({
        file: FILE,
        config: {
          tenant: { column: 'tenant_id', type: 'uuid' },
          roles: { app: 'crm_user', admin: 'crm_admin' },
          schemas: ['public', 'billing'],
          tables: {
            tenants: { column: 'id' },
            projects: {},
            templates: {},
            users: {},
            'billing.exports': {},
            'billing.invoices': { column: 'org_id' },
            projectTasks: { backfill: { parent: 'projects' } },
          },
          global: ['countries'],
          migrations: { with: ['foreign-keys', 'views'] },
        },
        undecided: [{ name: 'drafts', reason: 'its way to a tenant, project_id, may be NULL' }],
      })
    }))

  it('looks into the schemas that are named', () =>
    inProject(async ({ run }) => {
      const flags = [...roles(), '--schema', 'billing', '--tenant-column', 'tenant_id', '--json']
      const { out } = await run('init', '--url', owner, ...flags)
      const { config, proposal } = JSON.parse(out)
      const { schemas, tables, global } = config
      expect({ schemas, tables, global, undecided: proposal.undecided }).to.deep.equal({
        schemas: ['billing'],
        tables: { exports: {} },
        global: [],
        undecided: [{ name: 'invoices', reason: 'org_id may be its tenant, and nothing says so' }],
      })
    }))

  describe('a config that is there', () => {
    for (const file of [FILE, 'kysely-tenants.config.mjs']) {
      it(`${file} is never overwritten`, () =>
        inProject(async (project) => {
          writeFileSync(join(project.folder, file), 'mine')
          expect(await project.run('init', '--url', owner, ...roles())).to.deep.equal({
            code: 2,
            out: '',
            err: `✖ <folder>/${file} exists already; nothing was written.  CONFIG.FILE_EXISTS
  next Overwrite it with \`--force\`, see what would be written with \`--dry-run\`, or move it away.
`,
          })
          expect(readFileSync(join(project.folder, file), 'utf8')).to.equal('mine')
        }))
    }

    it('is with --force, and not before the database was read', () =>
      inProject(async (project) => {
        writeFileSync(join(project.folder, FILE), 'mine')
        const failed = await project.run('init', '--force', '--url', owner)
        expect({ code: failed.code, file: read(project) }).to.deep.equal({ code: 2, file: 'mine' })
        const { code } = await project.run('init', '--force', '--url', owner, ...roles())
        expect(code).to.equal(0)
        expect(read(project)).to.match(/^\/\/ Proposed by/)
      }))

    it('does not stand in the way of one at another path', () =>
      inProject(async ({ folder, run }) => {
        writeFileSync(join(folder, FILE), 'mine')
        mkdirSync(join(folder, 'db'))
        const { code, out } = await run('init', '-c', 'db/tenants.mjs', '--url', owner, ...roles())
        expect({ code, out }).to.deep.equal({ code: 0, out: 'db/tenants.mjs\n' })
        expect(await run('status', '-c', 'db/tenants.mjs', '--url', owner)).to.deep.include({
          code: 1,
          err: '',
        })
      }))
  })

  describe('bad input', () => {
    it('names the flag for what the catalog does not say', () =>
      inProject(async ({ folder, run }) => {
        const { code, out, err } = await run('init', '--url', owner)
        expect({ code, out, err: told(err) }).to.deep.equal({
          code: 2,
          out: '',
          err: `✖ The catalog does not say: Which login does the application use? Nothing was written.  INIT.AMBIGUOUS
  crm_user  may change 7 of 7 tenant tables
  crm_admin  may change 7 of 7 tenant tables
  next Choose with \`--app-role\`.
`,
        })
        expect(readdirSync(folder)).not.to.include(FILE)
      }))

    it('asks for a database when nobody names one', () =>
      inProject(async ({ run }) => {
        expect(await run('init')).to.deep.equal({
          code: 2,
          out: '',
          err: `✖ The database could not be reached: neither --url nor DATABASE_URL names one; nothing was done.  DATABASE.UNREACHABLE
  next Set \`connection\` in the config or pass \`--url postgres://user:password@host:5432/database\`.
`,
        })
      }))

    it('takes no file that could not hold it', () =>
      inProject(async ({ run }) => {
        expect(await run('init', '--config', 'tenants.json')).to.deep.equal({
          code: 2,
          out: '',
          err: "✖ option '-c, --config <path>' argument 'tenants.json' is invalid. It is written as .ts, .mts, .js or .mjs.\n",
        })
      }))

    it('says what cannot be written, and leaves nothing behind', () =>
      inProject(async ({ folder, run }) => {
        const { code, out, err } = await run('init', '-c', 'no/such.ts', '--url', owner, ...roles())
        expect({ code, out }).to.deep.equal({ code: 2, out: '' })
        expect(err).to.include('✖ The config file <folder>/no/such.ts cannot be written: ENOENT')
        expect(err).to.include('nothing was written.  CONFIG.NOT_WRITABLE')
        expect(readdirSync(folder).toSorted()).to.deep.equal(['node_modules', 'package.json'])
      }))
  })

  describe('on a terminal', () => {
    it('asks what the catalog leaves open, and writes what was answered', () =>
      inProject(async (project) => {
        const terminal = openTerminal()
        const run = project.runAt(terminal, 'init', '--url', owner)
        await terminal.answer('Which login does the application use?', ENTER)
        await terminal.answer('Which tables have rows without a tenant', SPACE, ENTER)
        await terminal.answer('Which logins see every tenant?', SPACE, ENTER)
        await terminal.answer(`Write ${FILE}?`, ENTER)
        expect(await run).to.deep.equal({
          code: 0,
          out: `${FILE}\n`,
          err: 'Review it, then run `kysely-tenants migrate:rls`.\n',
        })
        expect(terminal.shown()).to.include('tables  7, 1 of them get the column')
        expect(told(read(project))).to.equal(readFileSync(GOLDEN, 'utf8'))
      }))

    it('asks for the database when nobody names one', () =>
      inProject(async (project) => {
        const terminal = openTerminal()
        const run = project.runAt(
          terminal,
          'init',
          '--dry-run',
          ...roles(),
          '--shared',
          'templates',
        )
        await terminal.answer('Which database?', owner, ENTER)
        const { code, out } = await run
        expect({ code, out: told(out) }).to.deep.equal({
          code: 0,
          out: readFileSync(GOLDEN, 'utf8'),
        })
      }))

    it('asks nothing with --yes', () =>
      inProject(async (project) => {
        const terminal = openTerminal()
        const { code } = await project.runAt(terminal, 'init', '--yes', '--url', owner, ...roles())
        expect({ code, shown: terminal.shown() }).to.deep.equal({ code: 0, shown: '' })
      }))

    it('writes nothing when the terminal is closed', () =>
      inProject(async (project) => {
        const terminal = openTerminal()
        const run = project.runAt(terminal, 'init', '--url', owner)
        await terminal.answer('Which login does the application use?')
        terminal.input.end()
        expect(await run).to.have.property('code', 2)
        expect(existsSync(join(project.folder, FILE))).to.equal(false)
      }))

    for (const [what, key] of Object.entries({ 'Ctrl-C': '\x03', 'Ctrl-D': '\x04', 'a no': 'n' })) {
      it(`writes nothing after ${what}`, () =>
        inProject(async (project) => {
          const terminal = openTerminal()
          const flags = ['--url', owner, ...roles(), '--shared', 'templates']
          const run = project.runAt(terminal, 'init', ...flags)
          await terminal.answer(`Write ${FILE}?`, key)
          expect(await run).to.deep.equal({
            code: 2,
            out: '',
            err: `✖ The questions were not answered to the end; nothing was written.  INIT.CANCELLED
  next Run it again, or pass the answers as flags: \`kysely-tenants init --help\`.
`,
          })
          expect(existsSync(join(project.folder, FILE))).to.equal(false)
        }))
    }
  })
})

const ENTER = '\r'
const SPACE = ' '

/** A terminal whose keys a test presses. */
function openTerminal() {
  const input = new PassThrough()
  const output = new PassThrough()
  let shown = ''
  output.on('data', (chunk) => {
    shown += stripVTControlCharacters(String(chunk))
  })
  return {
    input,
    output,
    shown: () => shown,
    async answer(question: string, ...keys: string[]): Promise<void> {
      while (!shown.includes(question)) await once(output, 'data')
      for (const key of keys) input.write(key)
    },
  }
}

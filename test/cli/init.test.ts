import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import {
  createSchema,
  FILE,
  GOLDEN,
  inProject,
  readConfig,
  useInitDatabase,
} from '../support/init-database.ts'
import { loginUrl, withDatabase } from '../support/postgres.ts'

describe('init', () => {
  const database = useInitDatabase()

  it('writes a config, and says what it found', () =>
    inProject(async (project) => {
      const { code, out, err } = await project.run(
        'init',
        '--url',
        database.owner,
        ...database.roles(),
        '--shared',
        'templates',
      )
      expect({ code, out, err: database.told(err) }).to.deep.equal({
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
      const written = database.told(readConfig(project))
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
      await createSchema(url)
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
      const flags = ['--url', database.owner, ...database.roles()]
      const dry = await project.run('init', ...flags, '--dry-run')
      expect(existsSync(join(project.folder, FILE))).to.equal(false)
      expect(dry.err).to.match(
        /\nNothing was written; the file would be kysely-tenants.config.ts.\n$/,
      )

      const { code, out } = await project.run('init', ...flags, '--json')
      const { file, config, proposal } = JSON.parse(database.told(out))
      expect(code).to.equal(0)
      expect(readConfig(project)).to.equal(dry.out)
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
      const flags = [
        ...database.roles(),
        '--schema',
        'billing',
        '--tenant-column',
        'tenant_id',
        '--json',
      ]
      const { out } = await run('init', '--url', database.owner, ...flags)
      const { config, proposal } = JSON.parse(out)
      const { schemas, tables, global } = config
      expect({ schemas, tables, global, undecided: proposal.undecided }).to.deep.equal({
        schemas: ['billing'],
        tables: { exports: {} },
        global: [],
        undecided: [{ name: 'invoices', reason: 'org_id may be its tenant, and nothing says so' }],
      })
    }))
})

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { audit, auditSnapshot, takeSnapshot } from '../../src/audit/audit.ts'
import { applyPlan } from '../support/apply-plan.ts'
import { createDatabase, roleName, type TestDatabase, withClient } from '../support/postgres.ts'
import { runCli, trouble, withProject } from '../support/run-cli.ts'

describe('an audit of what was saved', () => {
  let database: TestDatabase
  let url: string
  let config: { roles: { app: string; admin: string }; tables: string[] }

  before(async () => {
    database = await createDatabase()
    url = database.url
    config = {
      roles: { app: roleName(url, 'app'), admin: roleName(url, 'admin') },
      tables: ['projects', 'tasks'],
    }
    await withClient(url, (client) =>
      client.query(`
        create role ${config.roles.app} login;
        create role ${config.roles.admin} login;
        create table projects (tenant_id uuid, id int, primary key (tenant_id, id));
        create table tasks (tenant_id uuid, id int, primary key (tenant_id, id));
        create view task_ids as select id from tasks;
        grant select on projects, tasks, task_ids to ${config.roles.app};
      `),
    )
    await applyPlan(url, config)
    await withClient(url, (client) =>
      client.query('alter policy tenant_access on tasks using (true)'),
    )
  })
  after(() => database.drop())

  it('says without a database what it said with one', () =>
    withProject(config, async ({ folder, run }) => {
      const live = await run('audit', '--url', url, '--snapshot', 'now.json', '--json')
      const later = await run('audit', '--from', join(folder, 'now.json'), '--json')

      expect(live.code).to.equal(1)
      expect(JSON.parse(live.out).findings).to.have.lengthOf.at.least(2)
      expect(later).to.deep.equal(live)
    }))

  it('survives JSON in code as well', () =>
    withClient(url, async (client) => {
      const kept = JSON.parse(JSON.stringify(await takeSnapshot(client, config)))
      expect(auditSnapshot(kept, config)).to.deep.equal(await audit(client, config))
    }))

  it('takes levels and waivers from the config of now', () =>
    withProject(config, async ({ folder, run }) => {
      await run('audit', '--url', url, '--snapshot', 'now.json')
      const levels = { 'view-bypasses-rls': 'off', 'policy-expression-drift': 'info' }
      const milder = { ...config, audit: { levels: { ...levels, 'server-rls-cve': 'off' } } }
      const { code } = await runCli(['audit', '--from', join(folder, 'now.json')], milder)
      expect(code).to.equal(0)
    }))

  describe('P12 trouble never looks like clean', () => {
    it('refuses to judge schemas and roles that were not read', () =>
      withProject(config, async ({ folder, run }) => {
        await run('audit', '--url', url, '--snapshot', 'now.json')
        const other = {
          tenant: { setting: 'app.org_id' },

          roles: { app: ['other', config.roles.app], admin: 'boss' },

          schemas: ['public', 'billing'],
          tables: ['projects', 'shop.orders'],
        }
        const file = join(folder, 'now.json')
        expect(await runCli(['audit', '--from', file], other)).to.deep.equal(
          trouble(
            `✖ The snapshot ${file} was made for another config; nothing was checked.  SNAPSHOT.OTHER_CONFIG`,
            '  It is of another setting.',
            '  It has no schema billing.',
            '  It has no schema shop.',
            '  It has no app role other.',
            '  It has no admin role boss.',
            '  next Save it again with this config: `kysely-tenants audit --snapshot <file>`.',
          ),
        )
      }))

    const BROKEN = {
      'is not there': undefined,
      'is cut short': '{ "version": 1, "snap',
      'is something else': '[]',
      'is null': 'null',
      'is of another release': '{ "version": 1, "request": {}, "snapshot": {} }',
    }
    for (const [what, text] of Object.entries(BROKEN)) {
      it(`refuses a file that ${what}`, () =>
        withProject(config, async ({ folder, run }) => {
          if (text !== undefined) writeFileSync(join(folder, 'broken.json'), text)
          const { code, out, err } = await run('audit', '--from', 'broken.json')
          expect({ code, out }).to.deep.equal({ code: 2, out: '' })
          expect(err).to.match(
            /^✖ The snapshot <folder>\/broken\.json cannot be read, and nothing was checked: /,
          )
          expect(err).to.include('SNAPSHOT.UNREADABLE')
        }))
    }

    it('says that it knows nothing of a server that came later', () =>
      withClient(url, async (client) => {
        const later = { ...(await takeSnapshot(client, config)), serverVersion: 190000 }
        expect(auditSnapshot(later, config).inconclusive).to.deep.equal([
          { check: 'server-rls-cve', reason: 'this release does not know PostgreSQL 19' },
        ])
      }))

    it('misses a table that the snapshot does not hold', () =>
      withProject(config, async ({ folder, run }) => {
        await run('audit', '--url', url, '--snapshot', 'now.json')
        const more = { ...config, tables: [...config.tables, 'invoices'] }
        const { code, err } = await runCli(['audit', '--from', join(folder, 'now.json')], more)
        expect(code).to.equal(2)
        expect(err).to.include('CATALOG.MISMATCH').and.include('invoices is missing')
      }))

    it('says when the snapshot cannot be written, and prints no report', async () => {
      const { code, out, err } = await runCli(
        ['audit', '--url', url, '--snapshot', 'no/such/folder/now.json'],
        config,
      )
      expect({ code, out }).to.deep.equal({ code: 2, out: '' })
      expect(err).to.include('SNAPSHOT.NOT_WRITABLE')
    })
  })

  it('does not take a database and a file at once', async () => {
    const { code, err } = await runCli(['audit', '--url', url, '--from', 'now.json'], config)
    expect(code).to.equal(2)
    expect(err).to.match(/--from <file>.* cannot be used with .*--url <url>/)
  })

  it('holds what was read, and no password', () =>
    withProject(config, async ({ folder, run }) => {
      const login = new URL(url)
      login.password = 'hunter2'
      await run('audit', '--url', login.href, '--snapshot', 'now.json')
      const text = readFileSync(join(folder, 'now.json'), 'utf8')
      expect(Object.keys(JSON.parse(text))).to.deep.equal([
        'version',
        'checksums',
        'request',
        'snapshot',
      ])
      expect(text).not.to.include('hunter2')
    }))
})

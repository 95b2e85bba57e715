import { expect } from 'chai'
import { type AuditReport, auditSnapshot, takeSnapshot } from '../../src/audit/audit.ts'
import type { ConfigInput } from '../../src/config/config.ts'
import { applyPlan } from '../support/apply-plan.ts'
import {
  createDatabase,
  loginUrl,
  roleName,
  type TestDatabase,
  withClient,
  withDatabase,
} from '../support/postgres.ts'
import { runCli } from '../support/run-cli.ts'

describe('audit --app-url', () => {
  let database: TestDatabase
  let url: string
  let role: Readonly<Record<'app' | 'owner' | 'group', string>>
  let config: ConfigInput

  before(async () => {
    database = await createDatabase()
    url = database.url
    role = {
      app: roleName(url, 'app'),
      owner: roleName(url, 'owner'),
      group: roleName(url, 'group'),
    }
    config = {
      roles: { app: role.app },
      tables: ['projects'],
      global: ['countries'],
      audit: { levels: { 'server-rls-cve': 'off' } },
    }
    await change(`
      create role ${role.owner} login;
      create role ${role.app} login;
      create role ${role.group} login;
      create table projects (tenant_id uuid, id int, primary key (tenant_id, id));
      create table countries (code text primary key);
      grant select, insert, update, delete on projects to ${role.app};
      revoke create on schema public from public;
    `)
    await applyPlan(url, config)
    await change(`alter table projects owner to ${role.owner}`)
    await change('grant select on countries to public')
  })
  after(() => database.drop())

  const change = (sql: string) => withClient(url, (client) => client.query(sql))
  const report = async (login: string, input: object = config): Promise<AuditReport> => {
    const argv = ['audit', '--url', url, '--app-url', loginUrl(url, login), '--json']
    return JSON.parse((await runCli(argv, input)).out)
  }
  const found = ({ findings }: AuditReport) =>
    findings.map(({ check, object, summary }) => `${check} ${object}: ${summary}`)

  it('makes two checks more, and finds nothing when all is well', async () => {
    const { out } = await runCli(['audit', '--url', url, '--json'], config)
    const asked = await report(role.app)
    expect(asked.checks).to.equal(JSON.parse(out).checks + 2)
    expect(found(asked)).to.deep.equal([])
    expect(asked.matrix.map(({ select }) => select)).to.deep.equal(['isolated'])
  })

  it('finds a login that the config does not name, and what it is not filtered for', async () => {
    await change('alter table projects no force row level security')
    try {
      const asked = await report(role.owner)
      expect(found(asked).filter((text) => !text.startsWith('rls-not-forced'))).to.deep.equal([
        `session-user-differs connection of ${role.owner}: It logs in as ${role.owner}, which \`roles.app\` does not name.`,
        `row-security-inactive public.projects: It is not filtered for ${role.owner}.`,
      ])
      expect(asked.matrix.map(({ select }) => select)).to.deep.equal(['hole'])
    } finally {
      await change('alter table projects force row level security')
    }
  })

  it('finds a login that only becomes the app role', async () => {
    await change(`
      grant ${role.app} to ${role.group};
      alter role ${role.group} in database ${database.name} set role = '${role.app}'`)
    const asked = await report(role.group)
    expect(found(asked)).to.deep.equal([
      `session-user-differs connection of ${role.group}: It logs in as ${role.group}, which \`roles.app\` does not name.`,
    ])
    expect(asked.matrix.map(({ select }) => select)).to.deep.equal(['unknown'])
  })

  it('finds the tenant with which a connection of the application begins', async () => {
    const login = new URL(loginUrl(url, role.app))
    login.searchParams.set('options', '-c app.tenant_id=acme')
    const argv = ['audit', '--url', url, '--app-url', login.href, '--json']
    const { findings } = JSON.parse((await runCli(argv, config)).out)
    expect(found({ findings } as AuditReport)).to.deep.equal([
      `setting-default-on-fresh-connection connection of ${role.app}: app.tenant_id was 'acme' before the first statement.`,
    ])
  })

  it('repeats nothing that the role itself is found for', async () => {
    await change(`alter role ${role.app} bypassrls`)
    try {
      const checks = (await report(role.app)).findings.map(({ check }) => check)
      expect(checks).to.deep.equal(['app-role-bypassrls'])
    } finally {
      await change(`alter role ${role.app} nobypassrls`)
    }
  })

  it('repeats nothing that the table itself is found for', async () => {
    await change('alter table projects disable row level security')
    try {
      const checks = (await report(role.app)).findings.map(({ check }) => check)
      expect(checks).to.deep.equal(['rls-disabled'])
    } finally {
      await change('alter table projects enable row level security')
    }
  })

  it('takes the login from the config, and keeps what it said in a snapshot', async () => {
    const own = { ...config, audit: { ...config.audit, appConnection: loginUrl(url, role.owner) } }
    const { out } = await runCli(['audit', '--url', url, '--json'], own)
    const checks = (text: string): string[] =>
      JSON.parse(text).findings.map(({ check }: { check: string }) => check)
    expect(checks(out)).to.deep.equal(['session-user-differs'])

    const kept = await withClient(url, (client) =>
      withClient(loginUrl(url, role.owner), async (app) =>
        JSON.parse(JSON.stringify(await takeSnapshot(client, config, { app }))),
      ),
    )
    const { findings } = auditSnapshot(kept, config)
    expect(findings.map(({ check }) => check)).to.deep.equal(['session-user-differs'])
  })

  it('is inconclusive where the config names no app role', async () => {
    const { inconclusive } = await report(role.app, { ...config, roles: {} })
    expect(inconclusive.map(({ check }) => check)).to.include('session-user-differs')
  })

  describe('bad input', () => {
    it('a login that is refused is no login that was asked', async () => {
      const login = loginUrl(url, `${role.app}_missing`)
      const { code, out, err } = await runCli(['audit', '--url', url, '--app-url', login], config)
      expect({ code, out }).to.deep.equal({ code: 2, out: '' })
      expect(err).to.include('DATABASE.LOGIN_REFUSED')
    })

    it('another database is refused', () =>
      withDatabase(async (other) => {
        const argv = ['audit', '--url', url, '--app-url', other]
        const { code, out, err } = await runCli(argv, config)
        expect({ code, out }).to.deep.equal({ code: 2, out: '' })
        expect(err).to.include('CATALOG.MISMATCH').and.include('The application is connected with')
      }))
  })
})

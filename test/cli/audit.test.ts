import { expect } from 'chai'
import { audit } from '../../src/audit/audit.ts'
import { CHECKS } from '../../src/checks/registry.ts'
import { parseConfig } from '../../src/config/parse-config.ts'
import { applyPlan } from '../support/apply-plan.ts'
import { createDatabase, roleName, type TestDatabase, withClient } from '../support/postgres.ts'
import { runCli } from '../support/run-cli.ts'
import { whyLines } from '../support/why-lines.ts'

/** Whether the server of the tests is the latest release is no matter of these tests. */
const SERVER_ASIDE = { 'server-rls-cve': 'off' }

describe('kysely-tenants audit', () => {
  let database: TestDatabase
  let url: string
  let config: { roles: { app: string }; tables: string[]; audit: object }

  beforeEach(async () => {
    database = await createDatabase()
    url = database.url
    config = {
      roles: { app: roleName(url, 'app') },
      tables: ['projects', 'tasks'],
      audit: { levels: SERVER_ASIDE },
    }
    await withClient(url, (client) =>
      client.query(`
        create role ${config.roles.app} login;
        create table projects (tenant_id uuid, id int, primary key (tenant_id, id));
        create table tasks (tenant_id uuid, id int, primary key (tenant_id, id));
        grant select, insert, update, delete on projects, tasks to ${config.roles.app};
        -- PostgreSQL 14 lets everybody create there.
        revoke create on schema public from public;
      `),
    )
    await applyPlan(url, config)
  })
  afterEach(() => database.drop())

  // Newer servers have views that they could have made run as their caller, and the like.
  const scope = async () => {
    const { checks } = await withClient(url, (client) => audit(client, parseConfig(config)))
    return `2 tables, ${checks} checks`
  }
  const change = (sql: string) => withClient(url, (client) => client.query(sql))
  const run = (...argv: string[]) => runCli(['audit', '--url', url, ...argv], config)

  it('says so and exits 0 when there is nothing to say', async () => {
    expect(await run()).to.deep.equal({
      code: 0,
      out: `✔ ${await scope()}: no findings; 1 check switched off.\n`,
      err: '',
    })
  })

  it('reports findings on stdout and exits 1', async () => {
    await change('alter table tasks disable row level security')
    expect(await run()).to.deep.equal({
      code: 1,
      out: [
        'public.tasks',
        '  ✖ critical  Row security is off: no row is filtered. Its policies have no effect.  rls-disabled',
        ...whyLines('rls-disabled'),
        '    fix  alter table public.tasks enable row level security;',
        '',
        'What a command of the application reaches',
        '  table         select  insert  update  delete',
        '  public.tasks  ✖       ✖       ✖       ✖',
        '  1 more table  ✔       ✔       ✔       ✔',
        '  ✔ rows of its tenant alone  ✖ rows of others too  ? not proven',
        '',
        `✖ ${await scope()}: 1 finding (1 critical); 1 check switched off.`,
        '',
      ].join('\n'),
      err: '',
    })
  })

  it('exits 0 while no finding is as bad as --fail-on', async () => {
    await change(`grant references on tasks to ${config.roles.app}`)
    const codes = {
      default: (await run()).code,
      high: (await run('--fail-on', 'high')).code,
      medium: (await run('--fail-on', 'medium')).code,
      info: (await run('--fail-on', 'info')).code,
    }
    expect(codes).to.deep.equal({ default: 0, high: 0, medium: 1, info: 1 })
  })

  it('takes the level to fail on from the config, unless it is told another', async () => {
    await change(`grant references on tasks to ${config.roles.app}`)
    const strict = { ...config, audit: { failOn: 'medium', levels: SERVER_ASIDE } }
    const runStrict = (...argv: string[]) => runCli(['audit', '--url', url, ...argv], strict)

    expect((await runStrict()).code).to.equal(1)
    expect((await runStrict('--fail-on', 'high')).code).to.equal(0)
  })

  it('judges by the levels of the config', async () => {
    await change('alter table tasks no force row level security')
    const levels = { ...SERVER_ASIDE, 'rls-not-forced': 'critical' }
    const own = { ...config, audit: { levels } }
    const { code, out } = await runCli(['audit', '--url', url], own)

    expect(code).to.equal(1)
    expect(out).to.include('✖ critical  ').and.include('1 finding (1 critical)')
  })

  it('leaves out what the config waives, and says so', async () => {
    await change('alter table tasks disable row level security')
    const waiver = {
      check: 'rls-disabled',
      object: 'public.tasks',

      reason: 'until the import is done',
      expires: '2999-12-31',
    }
    const waiving = { ...config, audit: { levels: SERVER_ASIDE, waivers: [waiver] } }
    const { code, out } = await runCli(['audit', '--url', url], waiving)
    expect(code).to.equal(0)
    // A waived finding does not count, but the table still has the hole.
    expect(out).to.include('  public.tasks  ✖       ✖       ✖       ✖\n')
    expect(out.trimEnd().split('\n').at(-1)).to.equal(
      `✔ ${await scope()}: no findings; 1 waived; 1 check switched off.`,
    )
  })

  it('refuses a waiver of a check that there is not', async () => {
    const waiver = { check: 'rls-of', object: 'o', reason: 'r', expires: '2999-12-31' }
    const waiving = { ...config, audit: { waivers: [waiver] } }
    const { code, err } = await runCli(['audit', '--url', url], waiving)
    expect(code).to.equal(2)
    expect(err).to.include('audit.waivers[0].check: there is no such check')
  })

  it('makes the checks for hardening that the config names, and no others', async () => {
    const levels = { ...SERVER_ASIDE, 'temp-privilege': 'low' }
    const ids = async (input: object) => {
      const report = await withClient(url, (client) => audit(client, parseConfig(input)))
      return report.findings.map(({ check, level }) => `${check} ${level}`)
    }
    expect(await ids(config)).to.deep.equal([])
    expect(await ids({ ...config, audit: { levels } })).to.deep.equal(['temp-privilege low'])
  })

  it('makes every check but those for hardening and those that ask the application or read rows', async () => {
    const everything = parseConfig({ ...config, audit: {} })
    const report = await withClient(url, (client) => audit(client, everything))
    const expected = CHECKS.filter(
      ({ isOptIn, asksApp, readsRows, since = 0 }) =>
        !isOptIn && !asksApp && !readsRows && since <= report.serverVersion,
    )
    expect(report.checks).to.equal(expected.length)
  })

  describe('P12 trouble never looks like clean', () => {
    it('names the checks that could not look', async () => {
      const tables = ['projects', 'tasks']
      await applyPlan(url, { tables })
      const report = await withClient(url, (client) => audit(client, parseConfig({ tables })))
      const open = report.inconclusive

      const { out } = await runCli(['audit', '--url', url], { tables })
      expect(open).to.have.lengthOf.above(0)
      for (const { check, reason } of open) expect(out).to.include(`  ? ${check}  ${reason}\n`)
      expect(out.trimEnd().split('\n').at(-1)).to.match(
        new RegExp(`^[^✔].*; ${open.length} checks could not look\\.$`),
      )
    })
  })

  it('prints findings in the format that was asked for', async () => {
    await change('alter table tasks disable row level security')
    const printed = async (format: string) => {
      const { code, out, err } = await run('--format', format)
      return { code, err, begin: out.slice(0, 30) }
    }
    const found = { code: 1, err: '' }
    expect(await printed('sarif')).to.deep.equal({
      ...found,
      begin: '{\n  "$schema": "https://docs.o',
    })
    expect(await printed('github')).to.deep.equal({
      ...found,
      begin: '::error file=kysely-tenants.co',
    })
    expect(await printed('markdown')).to.deep.equal({
      ...found,
      begin: `## Audit of \`${database.name}\`\n\n**2`.slice(0, 30),
    })
  })

  it('shows beside each policy what it should be, as a page', async () => {
    await change(`
      alter policy tenant_isolation on tasks using (true);
      drop policy tenant_access on projects;
      create policy mine on projects using (true)`)
    const { code, out } = await run('--format', 'html')
    expect(code).to.equal(1)
    expect(out).to.match(/^<!doctype html>\n/)

    const [, projects = '', tasks = ''] = out.split('<details class="table"')
    expect(figures(projects)).to.deep.equal([
      'tenant_access missing 0-1+',
      'tenant_isolation as wanted 0-0+',
      'mine not of this tool 0-0+',
    ])
    expect(figures(tasks)).to.deep.equal([
      'tenant_access as wanted 0-0+',
      'tenant_isolation differs 1-1+',
    ])
  })

  it('has a line of the matrix for every table with --verbose', async () => {
    expect((await run('--verbose')).out.split('\n').slice(0, 5)).to.deep.equal([
      'What a command of the application reaches',
      '  table            select  insert  update  delete',
      '  public.projects  ✔       ✔       ✔       ✔',
      '  public.tasks     ✔       ✔       ✔       ✔',
      '  ✔ rows of its tenant alone  ✖ rows of others too  ? not proven',
    ])
  })

  for (const argv of [['--json'], ['--format', 'json']]) {
    it(`prints the report as it is with ${argv.join(' ')}`, async () => {
      await change('alter table tasks disable row level security')
      const report = await withClient(url, (client) => audit(client, parseConfig(config)))

      const { code, out, err } = await run(...argv)
      expect({ code, err, report: JSON.parse(out) }).to.deep.equal({
        code: 1,
        err: '',
        report: { version: 1, ...report },
      })
    })
  }
})

/** Of the policies on a page: the name, the state, and how much goes and comes. */
function figures(markup: string): string[] {
  return [...markup.matchAll(/<figure>([\s\S]*?)<\/figure>/g)].map(([, figure = '']) => {
    const [, name, state] = /<code>([^<]+)<\/code> <span[^>]*>([^<]+)</.exec(figure) ?? []
    const count = (tag: string) => figure.split(`<${tag}>`).length - 1
    return `${name} ${state} ${count('del')}-${count('ins')}+`
  })
}

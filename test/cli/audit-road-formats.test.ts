import { expect } from 'chai'
import type { Log } from 'sarif'
import type { AuditReport } from '../../src/audit/audit.ts'
import { AUDIT_FORMATS, type AuditFormat } from '../../src/cli/render/audit.ts'
import type { ConfigInput } from '../../src/config/config.ts'
import { applyPlan } from '../support/apply-plan.ts'
import { createDatabase, roleName, type TestDatabase, withClient } from '../support/postgres.ts'
import { runCli } from '../support/run-cli.ts'

describe('P13 a road of three hops', () => {
  let database: TestDatabase
  let config: ConfigInput
  let steps: string[]
  const printed = new Map<AuditFormat, string>()

  before(async () => {
    database = await createDatabase()
    const { url } = database
    const app = roleName(url, 'app')
    const middle = roleName(url, 'middle')
    const admin = roleName(url, 'admin')
    config = {
      roles: { app, admin },
      tables: ['projects'],
      audit: { levels: { 'server-rls-cve': 'off' } },
    }
    const change = (sql: string) => withClient(url, (client) => client.query(sql))
    await change(`
      create role ${app} login; create role ${middle}; create role ${admin} login;
      create table projects (tenant_id uuid, id int, primary key (tenant_id, id));
      grant select on projects to ${app}, ${admin};
      revoke create on schema public from public`)
    await applyPlan(url, config)
    await change(`
      create function inner_count() returns bigint language sql security definer
        set search_path = pg_catalog as 'select count(*) from public.projects';
      create function outer_count() returns bigint language sql security definer
        set search_path = pg_catalog as 'select public.inner_count()';
      revoke execute on function inner_count() from public;
      grant execute on function inner_count() to ${middle};
      alter function inner_count() owner to ${admin};
      alter function outer_count() owner to ${middle}`)
    steps = [
      app,
      'executes public.outer_count(), security definer',
      middle,
      'executes public.inner_count(), security definer',
      `${admin}, whose policy tenant_admin is \`using (true)\``,
      'public.projects: rows of every tenant',
    ]
    for (const format of AUDIT_FORMATS) {
      const { code, out } = await runCli(['audit', '--url', url, '--format', format], config)
      expect(code, format).to.equal(1)
      printed.set(format, out)
    }
  })
  after(() => database.drop())

  const page = (format: AuditFormat) => printed.get(format) ?? expect.fail(format)

  for (const format of AUDIT_FORMATS) {
    it(`is said in the same words as ${format}`, () => {
      expect(plain(page(format), format)).to.include(`${steps.join(' → ')}.`)
    })
  }

  it('is the list of its steps in JSON', () => {
    const { findings }: AuditReport = JSON.parse(page('json'))
    expect(findings.flatMap(({ road }) => (road ? [road] : []))).to.deep.include(steps)
  })

  it('is a code flow in SARIF, step by step', () => {
    const log: Log = JSON.parse(page('sarif'))
    const flows = log.runs[0]?.results?.flatMap(({ codeFlows = [] }) => codeFlows) ?? []
    const walked = flows.map(({ threadFlows }) =>
      threadFlows[0]?.locations.map(({ location, executionOrder }) => [
        executionOrder,
        location?.message?.text,
      ]),
    )
    expect(walked).to.deep.include(steps.map((step, index) => [index + 1, step]))
  })

  it('is drawn in the page, with the sentence as its text', () => {
    const [drawing] = page('html').match(/<figure class="road">[\s\S]*?<\/figure>/) ?? []
    expect(drawing).to.match(/<svg [^>]*role="img" aria-labelledby="([^"]+)"[\s\S]*<p id="\1"/)
    expect(drawing?.match(/<(circle|rect) class="stop/g)).to.have.lengthOf(steps.length)
  })

  it('is the one that explain prints', async () => {
    const { out } = await runCli(['explain', '--road', 'projects', '--url', database.url], config)
    expect(out).to.include(
      steps.map((step, index) => `  ${index === 0 ? '' : '→ '}${step}`).join('\n'),
    )
  })
})

/** The text as a reader sees it. */
function plain(text: string, format: AuditFormat): string {
  switch (format) {
    case 'markdown':
      return text.replaceAll(/\\(.)/g, '$1')
    case 'html':
      return text
        .replaceAll(/<[^>]*>/g, '')
        .replaceAll('&#39;', "'")
        .replaceAll('&quot;', '"')
        .replaceAll('&amp;', '&')
    case 'json':
    case 'sarif':
      return JSON.stringify(JSON.parse(text)).replaceAll('\\"', '"')
    default:
      return text
  }
}

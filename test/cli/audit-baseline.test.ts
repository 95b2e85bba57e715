import {
  existsSync,
  linkSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import type { AuditReport } from '../../src/audit/audit.ts'
import type { ConfigInput } from '../../src/config/config.ts'
import { applyPlan } from '../support/apply-plan.ts'
import { createDatabase, roleName, type TestDatabase, withClient } from '../support/postgres.ts'
import { type Project, trouble, withProject } from '../support/run-cli.ts'

const BASELINE = ['--baseline', 'known.json']
const UPDATE = [...BASELINE, '--update-baseline']

describe('audit --baseline', () => {
  let database: TestDatabase
  let url: string
  let config: ConfigInput

  before(async () => {
    database = await createDatabase()
    url = database.url
    const app = roleName(url, 'app')
    config = {
      roles: { app },
      tables: ['projects', 'tasks'],
      audit: { levels: { 'server-rls-cve': 'off' } },
    }
    await change(`
      create role ${app} login;
      create table projects (tenant_id uuid, id int, primary key (tenant_id, id));
      create table tasks (tenant_id uuid, id int, primary key (tenant_id, id));
      grant select, insert, update, delete on projects, tasks to ${app};
      revoke create on schema public from public;
    `)
  })
  // The plan mends what the test before has broken.
  beforeEach(async () => {
    await applyPlan(url, config)
    await change('alter table tasks disable row level security')
  })
  after(() => database.drop())

  const change = (sql: string) => withClient(url, (client) => client.query(sql))
  const audit = ({ run }: Project, ...argv: string[]) => run('audit', '--url', url, ...argv)
  const report = async (project: Project, ...argv: string[]): Promise<AuditReport> =>
    JSON.parse((await audit(project, ...argv, '--json')).out)
  const lastLine = (text: string) => text.trimEnd().split('\n').at(-1)
  const kept = ({ folder }: Project): { findings: { check: string; object: string }[] } =>
    JSON.parse(readFileSync(join(folder, 'known.json'), 'utf8'))

  it('is written with what is found, which then passes', () =>
    withProject(config, async (project) => {
      const { findings } = await report(project)
      const written = await audit(project, ...UPDATE)
      expect({ code: written.code, err: written.err }).to.deep.equal({
        code: 0,
        err: 'known.json: written, 1 finding known.\n',
      })
      expect(kept(project)).to.deep.equal({
        version: 1,
        findings: findings.map(({ check, object, fingerprint }) => ({
          check,
          object,
          fingerprint,
        })),
      })

      const later = await audit(project, ...BASELINE)
      expect({ code: later.code, err: later.err }).to.deep.equal({ code: 0, err: '' })
      expect(lastLine(later.out)).to.match(/: no new findings; 1 known; 1 check switched off\.$/)
    }))

  it('does not let a new finding pass', () =>
    withProject(config, async (project) => {
      await audit(project, ...UPDATE)
      await change('alter table projects disable row level security')
      const { code, out } = await audit(project, ...BASELINE)
      expect(code).to.equal(1)
      expect(out)
        .to.match(/^public\.projects\n {2}✖ critical/)
        .and.not.include('public.tasks\n')
      expect(lastLine(out)).to.match(/: 1 new finding \(1 critical\); 1 known; /)
    }))

  it('takes a finding whose text changed for a new one', () =>
    withProject(config, async (project) => {
      await change(`
        alter table tasks enable row level security;
        alter policy tenant_isolation on tasks using (tenant_id is not null)`)
      await audit(project, ...UPDATE)
      await change('alter policy tenant_isolation on tasks using (true)')
      const { findings, baseline } = await report(project, ...BASELINE)
      expect(findings.map(({ check }) => check)).to.deep.equal(['policy-expression-drift'])
      expect(baseline?.fixed.map(({ check }) => check)).to.deep.equal(['policy-expression-drift'])
    }))

  it('names what is fixed, and takes it out only when it is told to', () =>
    withProject(config, async (project) => {
      await audit(project, ...UPDATE)
      await change('alter table tasks enable row level security')

      const told = await audit(project, ...BASELINE)
      expect(told.code).to.equal(0)
      expect(told.out).to.include('Fixed since the baseline\n  ✔ public.tasks  rls-disabled\n')
      expect(kept(project).findings).to.have.lengthOf(1)

      const updated = await audit(project, ...UPDATE)
      expect(updated.err).to.equal('known.json: 1 taken out, 0 findings known.\n')
      expect(kept(project).findings).to.deep.equal([])
      expect((await report(project, ...BASELINE)).baseline).to.deep.equal({ known: [], fixed: [] })
    }))

  it('never grows by itself', () =>
    withProject(config, async (project) => {
      await audit(project, ...UPDATE)
      await change('alter table projects disable row level security')
      const { code } = await audit(project, ...UPDATE)
      expect(code).to.equal(1)
      expect(kept(project).findings.map(({ object }) => object)).to.deep.equal(['public.tasks'])
    }))

  it('calls nothing fixed that was not looked for', () =>
    withProject(config, async (project) => {
      await audit(project, ...UPDATE)
      const levels = { 'server-rls-cve': 'off', 'rls-disabled': 'off' }
      await withProject({ ...config, audit: { levels } }, async (blind) => {
        const file = join(project.folder, 'known.json')
        const argv = ['--baseline', file, '--update-baseline']
        expect((await report(blind, ...argv)).baseline).to.deep.equal({ known: [], fixed: [] })
      })
      expect(kept(project).findings).to.have.lengthOf(1)
    }))

  it('follows a link, leaves no draft, and writes nothing without a change', () =>
    withProject(config, async (project) => {
      writeFileSync(join(project.folder, 'real.json'), '{ "version": 1, "findings": [] }')
      symlinkSync('real.json', join(project.folder, 'known.json'))
      await audit(project, ...UPDATE)
      expect(readFileSync(join(project.folder, 'real.json'), 'utf8')).to.equal(
        '{ "version": 1, "findings": [] }',
      )

      const gone = { check: 'no-such-check', object: 'o', fingerprint: 'f' }
      writeFileSync(
        join(project.folder, 'real.json'),
        JSON.stringify({ version: 1, findings: [gone] }),
      )
      await audit(project, ...UPDATE)
      expect(JSON.parse(readFileSync(join(project.folder, 'real.json'), 'utf8'))).to.deep.equal({
        version: 1,
        findings: [],
      })
      expect(readdirSync(project.folder).toSorted()).to.deep.equal([
        'known.json',
        'kysely-tenants.config.json',
        'real.json',
      ])
    }))

  it('is replaced in one step: who has the old file open still reads all of it', () =>
    withProject(config, async (project) => {
      await audit(project, ...UPDATE)
      const file = join(project.folder, 'known.json')
      const old = join(project.folder, 'old.json')
      linkSync(file, old)
      const before = readFileSync(file, 'utf8')
      await change('alter table tasks enable row level security')
      await audit(project, ...UPDATE)
      expect(kept(project).findings).to.deep.equal([])
      expect(readFileSync(old, 'utf8')).to.equal(before)
    }))

  describe('bad input', () => {
    const BROKEN = {
      'is cut short': '{ "version": 1, "find',
      'is something else': '[]',
      'is null': 'null',
      'is of another release': '{ "version": 2, "findings": [] }',
      'has an entry without a fingerprint':
        '{ "version": 1, "findings": [{ "check": "c", "object": "o" }] }',
    }
    for (const [what, text] of Object.entries(BROKEN)) {
      it(`a file that ${what} is refused and left as it is`, () =>
        withProject(config, async (project) => {
          const file = join(project.folder, 'known.json')
          writeFileSync(file, text)
          for (const argv of [BASELINE, UPDATE]) {
            const { code, out, err } = await audit(project, ...argv)
            expect({ code, out }).to.deep.equal({ code: 2, out: '' })
            expect(err).to.match(/^✖ The baseline <folder>\/known\.json cannot be read; nothing/)
            expect(err).to.include('BASELINE.UNREADABLE')
          }
          expect(readFileSync(file, 'utf8')).to.equal(text)
        }))
    }

    it('a file that is not there is no empty one', () =>
      withProject(config, async (project) => {
        expect(await audit(project, ...BASELINE)).to.deep.equal(
          trouble(
            '✖ There is no baseline at <folder>/known.json; nothing was checked.  BASELINE.NOT_FOUND',
            '  next Write it with `--update-baseline`: every finding of that run is known from then on.',
          ),
        )
      }))

    it('a folder that is not there stops the run, and no report is printed', () =>
      withProject(config, async (project) => {
        const argv = ['--baseline', 'no/such/known.json', '--update-baseline']
        const { code, out, err } = await audit(project, ...argv)
        expect({ code, out }).to.deep.equal({ code: 2, out: '' })
        expect(err).to.include('BASELINE.NOT_WRITABLE')
        expect(existsSync(join(project.folder, 'no'))).to.equal(false)
      }))

    it('an update of no file is refused', () =>
      withProject(config, async (project) => {
        const { code, err } = await audit(project, '--update-baseline')
        expect(code).to.equal(2)
        expect(err).to.equal(
          "✖ option '--update-baseline' needs '--baseline <file>'\n  next See `kysely-tenants audit --help`.\n",
        )
      }))
  })
})

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Ajv } from 'ajv'
import draft04 from 'ajv-draft-04'
import formats from 'ajv-formats'
import { expect } from 'chai'
import type { Log } from 'sarif'
import type { AuditReport, Finding, Isolation, TableIsolation } from '../../src/audit/audit.ts'
import { CHECKS } from '../../src/checks/registry.ts'
import { renderAuditGithub } from '../../src/cli/render/audit-github.ts'
import { renderAuditMarkdown } from '../../src/cli/render/audit-markdown.ts'
import { renderAuditSarif } from '../../src/cli/render/audit-sarif.ts'
import { renderJson } from '../../src/cli/render/json.ts'

const REPORT: AuditReport = {
  serverVersion: 180004,
  database: 'shop',
  tables: 2,
  checks: 3,
  off: ['rls-not-forced'],
  findings: [
    {
      check: 'rls-disabled',
      level: 'critical',
      object: 'public.tasks',
      summary: 'Row security is off: 100%, really.',
      fix: 'alter table public.tasks\n  enable row level security',
      fingerprint: '0123456789ab',
    },
    {
      check: 'tenant-column-default',
      level: 'info',
      object: 'public."a|b`c,\nd"',
      summary: 'No *default* <b>.',
      fix: '-- set one\n```',
      fingerprint: 'ba9876543210',
    },
  ],
  waived: [
    {
      check: 'rls-not-forced',
      level: 'medium',
      object: 'public.projects',
      summary: 'Its owner sees every tenant.',
      fix: 'alter table public.projects force row level security',
      fingerprint: 'a0b1c2d3e4f5',
      reason: 'a migration needs it',
      expires: '2999-12-31',
    },
  ],
  inconclusive: [{ check: 'app-role-superuser', reason: 'no `roles.app`' }],
  matrix: [
    isolation('public.tasks', 'hole'),
    { ...isolation('public."a|b`c,\nd"', 'isolated'), delete: 'unknown' },
    isolation('public.projects', 'isolated'),
  ],
}
const CLEAN: AuditReport = {
  ...REPORT,
  findings: [],
  waived: [],
  inconclusive: [],
  off: [],
  matrix: [isolation('public.projects', 'isolated')],
}
const [NEW, KNOWN] = REPORT.findings
/** The first finding is new, the second one was known, and a third one is fixed. */
const COMPARED: AuditReport = {
  ...REPORT,
  findings: NEW ? [NEW] : [],
  baseline: {
    known: KNOWN ? [KNOWN] : [],
    fixed: [{ check: 'grant-truncate', object: 'public.tasks', fingerprint: 'c0ffee000000' }],
  },
}
const REPORTS = { 'with findings': REPORT, without: CLEAN, 'beside a baseline': COMPARED }
const SOURCE = { configFile: 'apps/my api/kysely-tenants.config.ts', version: '1.2.3' }

describe('audit --format github', () => {
  it('writes an annotation for each finding, and what could not be checked', () => {
    const file = 'file=apps/my api/kysely-tenants.config.ts'
    expect(renderAuditGithub(REPORT, SOURCE).split('\n')).to.deep.equal([
      `::error ${file},title=rls-disabled (critical)::public.tasks: Row security is off: 100%25, really.%0Aalter table public.tasks%0A  enable row level security;`,
      `::notice ${file},title=tenant-column-default (info)::public."a|b\`c,%0Ad": No *default* <b>.%0A-- set one%0A\`\`\``,
      `::warning ${file},title=app-role-superuser could not look::no \`roles.app\``,
      '2 tables, 3 checks: 2 findings (1 critical, 1 info); 1 waived; 1 check switched off; 1 check could not look.',
      '',
    ])
  })

  it('escapes what ends a property', () => {
    const [line] = renderAuditGithub(REPORT, { ...SOURCE, configFile: 'a:b,c%.ts' }).split('\n')
    expect(line).to.match(/^::error file=a%3Ab%2Cc%25\.ts,title=/)
  })

  it('annotates nothing when there is nothing', () => {
    expect(renderAuditGithub(CLEAN, SOURCE)).to.equal('2 tables, 3 checks: no findings.\n')
  })
})

describe('audit --format markdown', () => {
  it('writes a table, the fixes, and what could not be checked', () => {
    expect(renderAuditMarkdown(REPORT)).to.equal(`## Audit of \`shop\`

**2 tables, 3 checks: 2 findings (1 critical, 1 info); 1 waived; 1 check switched off; 1 check could not look.**

| level | object | finding | check |
| --- | --- | --- | --- |
| critical | \`public.tasks\` | Row security is off: 100%, really. | \`rls-disabled\` |
| info | \`\` public."a\\|b\`c, d" \`\` | No \\*default\\* \\<b\\>. | \`tenant-column-default\` |

<details><summary>Fixes</summary>

\`\`\`\`sql
-- rls-disabled: public.tasks
alter table public.tasks
  enable row level security;

-- tenant-column-default: public."a|b\`c, d"
-- set one
\`\`\`
\`\`\`\`

</details>

### Could not be checked

- \`app-role-superuser\`: no \\\`roles.app\\\`

### What a command of the application reaches

| table | select | insert | update | delete |
| --- | :-: | :-: | :-: | :-: |
| \`public.tasks\` | ✖ | ✖ | ✖ | ✖ |
| \`\` public."a\\|b\`c, d" \`\` | ✔ | ✔ | ✔ | ? |
| \`1 more table\` | ✔ | ✔ | ✔ | ✔ |
`)
  })

  it('names what is fixed, and counts what was known', () => {
    const text = renderAuditMarkdown(COMPARED)
    expect(text).to.include('### Fixed since the baseline\n\n- `grant-truncate`: `public.tasks`\n')
    expect(text).to.include('1 new finding (1 critical); 1 known; 1 fixed; 1 waived;')
    expect(text).not.to.include('tenant-column-default')
  })

  it('has a line for every table when it is asked to', () => {
    expect(renderAuditMarkdown(CLEAN, { verbose: true })).to.include(
      '| `public.projects` | ✔ | ✔ | ✔ | ✔ |',
    )
  })

  it('is two lines when there is nothing', () => {
    expect(renderAuditMarkdown(CLEAN)).to.equal(
      '## Audit of `shop`\n\n**2 tables, 3 checks: no findings.**\n',
    )
  })
})

describe('audit --format sarif', () => {
  const validate = sarifValidator()
  const log = (report: AuditReport): Log => JSON.parse(renderAuditSarif(report, SOURCE))

  for (const [what, report] of Object.entries(REPORTS)) {
    it(`is valid SARIF 2.1.0 ${what}`, () => {
      validate(log(report))
      expect(validate.errors ?? []).to.deep.equal([])
    })
  }

  // Proves that the schema is one.
  it('would not be valid with a level of ours', () => {
    const wrong = log(REPORT)
    Object.assign(wrong.runs[0]?.results?.[0] ?? {}, { level: 'critical' })
    expect(validate(wrong)).to.equal(false)
  })

  it('holds a rule for every check, and results that point to theirs', () => {
    const [run] = log(REPORT).runs
    const rules = run?.tool.driver.rules ?? []
    expect(rules.map(({ id }) => id)).to.deep.equal(CHECKS.map(({ id }) => id))
    expect(run?.results?.map(({ ruleId, ruleIndex = -1 }) => [ruleId, rules[ruleIndex]?.id]))
      .to //
      .deep.equal([
        ['rls-disabled', 'rls-disabled'],
        ['tenant-column-default', 'tenant-column-default'],
        ['rls-not-forced', 'rls-not-forced'],
      ])
  })

  it('says what, where and how to mend it', () => {
    const [result] = log(REPORT).runs[0]?.results ?? []
    const { ruleIndex, ...rest } = result ?? expect.fail('no result')
    expect(rest).to.deep.equal({
      ruleId: 'rls-disabled',
      level: 'error',
      message: {
        text: 'public.tasks: Row security is off: 100%, really.\n\nalter table public.tasks\n  enable row level security;',
      },
      locations: [
        {
          physicalLocation: {
            artifactLocation: {
              uri: 'apps/my%20api/kysely-tenants.config.ts',
              uriBaseId: '%SRCROOT%',
            },
            region: { startLine: 1 },
          },
          logicalLocations: [{ fullyQualifiedName: 'public.tasks' }],
        },
      ],
      partialFingerprints: { 'finding/v1': '0123456789ab' },
      properties: { level: 'critical' },
    })
  })

  it('suppresses what is waived, with the reason', () => {
    const results = log(REPORT).runs[0]?.results ?? []
    expect(results.map(({ suppressions }) => suppressions)).to.deep.equal([
      undefined,
      undefined,
      [{ kind: 'external', justification: 'a migration needs it' }],
    ])
  })

  it('says what is new, what was known and what is gone', () => {
    const results = log(COMPARED).runs[0]?.results ?? []
    expect(results.map(({ ruleId, baselineState }) => [ruleId, baselineState])).to.deep.equal([
      ['rls-disabled', 'new'],
      ['tenant-column-default', 'unchanged'],
      ['grant-truncate', 'absent'],
      ['rls-not-forced', 'unchanged'],
    ])
    expect(log(REPORT).runs[0]?.results?.[0]).not.to.have.property('baselineState')
  })

  it('names no rule for what is found about waivers', () => {
    const stale = { ...REPORT.findings[0], check: 'waiver-stale' } as Finding
    const [result] = log({ ...REPORT, findings: [stale] }).runs[0]?.results ?? []
    expect(result).to.include({ ruleId: 'waiver-stale' }).and.not.to.have.property('ruleIndex')
  })

  it('tells what could not be checked', () => {
    expect(log(REPORT).runs[0]?.invocations?.[0]?.toolExecutionNotifications).to.deep.equal([
      {
        level: 'warning',
        message: { text: 'app-role-superuser could not look: no `roles.app`' },
        associatedRule: { id: 'app-role-superuser', index: 0 },
      },
    ])
  })
})

describe('audit --format json', () => {
  const schema = JSON.parse(
    readFileSync(new URL('../../schemas/audit-report.schema.json', import.meta.url), 'utf8'),
  )

  for (const [what, report] of Object.entries(REPORTS)) {
    it(`is as its schema says ${what}, and has no field that it does not know`, () => {
      const validate = new Ajv().compile(closed(schema))
      validate(JSON.parse(renderJson(report)))
      expect(validate.errors ?? []).to.deep.equal([])
    })
  }

  it('would not be valid with another version', () => {
    const validate = new Ajv().compile(schema)
    expect(validate({ ...JSON.parse(renderJson(REPORT)), version: 2 })).to.equal(false)
  })
})

/** The same schema, which allows no property that it does not name. */
function closed(schema: unknown): object {
  const text = JSON.stringify(schema, (_, value) =>
    value?.type === 'object' ? { ...value, additionalProperties: false } : value,
  )
  return JSON.parse(text)
}

// The schema of the OASIS committee, in a package of the company that began SARIF.
function sarifValidator() {
  const require = createRequire(import.meta.url)
  // One pattern of it is none for the `u` flag.
  const ajv = new draft04.default({ strict: false, unicodeRegExp: false })
  formats.default(ajv)
  return ajv.compile(require('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json'))
}

function isolation(table: string, verdict: Isolation): TableIsolation {
  return { table, select: verdict, insert: verdict, update: verdict, delete: verdict }
}

import { createRequire } from 'node:module'
import draft04 from 'ajv-draft-04'
import formats from 'ajv-formats'
import { expect } from 'chai'
import type { Log } from 'sarif'
import type { AuditReport, Finding } from '../../../../src/audit/audit.ts'
import { CHECKS } from '../../../../src/checks/registry.ts'
import { renderAuditSarif } from '../../../../src/cli/render/audit-sarif.ts'
import { COMPARED, GLOBAL, REPORT, REPORTS, SOURCE } from '../../../support/audit-reports.ts'

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
    const physicalLocation = {
      artifactLocation: { uri: 'apps/my%20api/kysely-tenants.config.ts', uriBaseId: '%SRCROOT%' },
      region: { startLine: 1 },
    }
    expect(rest).to.deep.equal({
      ruleId: 'rls-disabled',
      level: 'error',
      message: {
        text: 'public.tasks: Row security is off: 100%, really.\n\nalter table public.tasks\n  enable row level security;',
      },
      locations: [
        {
          physicalLocation,
          logicalLocations: [{ fullyQualifiedName: 'public.tasks' }],
        },
      ],
      codeFlows: [
        {
          message: { text: 'app_user → reads public.tasks → public.tasks: rows of every tenant' },
          threadFlows: [
            {
              locations: [
                'app_user',
                'reads public.tasks',
                'public.tasks: rows of every tenant',
              ].map((text, index) => ({
                location: { physicalLocation, message: { text } },
                executionOrder: index + 1,
              })),
            },
          ],
        },
      ],
      partialFingerprints: { 'finding/v1': '0123456789ab' },
      properties: {
        level: 'critical',
        road: ['app_user', 'reads public.tasks', 'public.tasks: rows of every tenant'],
      },
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
      { level: 'note', message: { text: `Not looked at: ${GLOBAL}` } },
      {
        level: 'warning',
        message: { text: 'app-role-superuser could not look: no `roles.app`' },
        associatedRule: { id: 'app-role-superuser', index: 0 },
      },
    ])
  })
})

// The schema of the OASIS committee, in a package of the company that began SARIF.
function sarifValidator() {
  const require = createRequire(import.meta.url)
  // One pattern of it is none for the `u` flag.
  const ajv = new draft04.default({ strict: false, unicodeRegExp: false })
  formats.default(ajv)
  return ajv.compile(require('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json'))
}

import { expect } from 'chai'
import { renderAuditGithub } from '../../../../src/cli/render/audit-github.ts'
import { CLEAN, GLOBAL, REPORT, SOURCE } from '../../../support/audit-reports.ts'

describe('audit --format github', () => {
  it('writes an annotation for each finding, and what could not be checked', () => {
    const file = 'file=apps/my api/kysely-tenants.config.ts'
    expect(renderAuditGithub(REPORT, SOURCE).split('\n')).to.deep.equal([
      `::notice ${file},title=Not looked at::${GLOBAL}`,
      `::error ${file},title=rls-disabled (critical)::public.tasks: Row security is off: 100%25, really.%0Aalter table public.tasks%0A  enable row level security;`,
      `::notice ${file},title=tenant-column-default (info)::public."a|b\`c,%0Ad": No *default* <b>.%0A-- set one%0A\`\`\``,
      `::warning ${file},title=app-role-superuser could not look::no \`roles.app\``,
      '2 tables, 3 checks: 2 findings (1 critical, 1 info); 1 waived; 1 check switched off; 1 check could not look.',
      '',
    ])
  })

  it('escapes what ends a property', () => {
    const [, line] = renderAuditGithub(REPORT, { ...SOURCE, configFile: 'a:b,c%.ts' }).split('\n')
    expect(line).to.match(/^::error file=a%3Ab%2Cc%25\.ts,title=/)
  })

  it('annotates nothing when there is nothing', () => {
    expect(renderAuditGithub(CLEAN, SOURCE)).to.equal('2 tables, 3 checks: no findings.\n')
  })
})

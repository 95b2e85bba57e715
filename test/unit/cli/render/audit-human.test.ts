import { expect } from 'chai'
import type { AuditReport } from '../../../../src/audit/audit.ts'
import { renderAuditHuman } from '../../../../src/cli/render/audit-human.ts'
import { whyLines } from '../../../support/why-lines.ts'

describe('renderAuditHuman', () => {
  const CELLS = {
    select: 'isolated',
    insert: 'isolated',
    update: 'isolated',
    delete: 'isolated',
  } as const
  const REPORT: AuditReport = {
    serverVersion: 180004,
    database: 'shop',
    tables: 2,
    checks: 3,
    off: [],
    passed: [],
    findings: [
      {
        check: 'rls-disabled',
        level: 'critical',
        object: 'public.tasks',
        summary: 'Row security is off.',
        fix: 'alter table public.tasks enable row level security',
        fingerprint: '0123456789ab',
      },
      {
        check: 'view-bypasses-rls',
        level: 'high',
        object: 'public.open_tasks',
        summary: 'It reads as its owner.',
        fix: '-- make a function of it',
        fingerprint: '123456789abc',
      },
      {
        check: 'rls-not-forced',
        level: 'medium',
        object: 'public.tasks',
        summary: 'Its owner sees every tenant.',
        fix: 'alter table public.tasks\n  force row level security',
        fingerprint: '23456789abcd',
      },
    ],
    waived: [],
    notLookedAt: [],
    inconclusive: [{ check: 'app-role-superuser', reason: 'no app role in the config' }],
    matrix: [],
  }

  it('keeps a thousand tables without anything to say in one line', () => {
    const matrix = Array.from({ length: 1000 }, (_, index) => ({
      table: `public.t${index}`,
      ...CELLS,
      ...(index === 500 && { delete: 'hole' as const }),
    }))
    const lines = renderAuditHuman({ ...REPORT, findings: [], matrix }, { color: false }).split(
      '\n',
    )
    expect(lines.slice(3, 8)).to.deep.equal([
      'What a command of the application reaches',
      '  table            select  insert  update  delete',
      '  public.t500      ✔       ✔       ✔       ✖',
      '  999 more tables  ✔       ✔       ✔       ✔',
      '  ✔ rows of its tenant alone  ✖ rows of others too  ? not proven',
    ])
  })

  it('groups by object, the worst first', () => {
    expect(renderAuditHuman(REPORT, { color: false })).to.equal(`public.tasks
  ✖ critical  Row security is off.  rls-disabled
${whyLines('rls-disabled').join('\n')}
    fix  alter table public.tasks enable row level security;
  ✖ medium  Its owner sees every tenant.  rls-not-forced
${whyLines('rls-not-forced').join('\n')}
    fix  alter table public.tasks
           force row level security;

public.open_tasks
  ✖ high  It reads as its owner.  view-bypasses-rls
${whyLines('view-bypasses-rls').join('\n')}
    fix  -- make a function of it

Could not be checked
  ? app-role-superuser  no app role in the config

✖ 2 tables, 3 checks: 3 findings (1 critical, 1 high, 1 medium); 1 check could not look.
`)
  })

  it('does not call a run clean in which a check could not look', () => {
    expect(
      renderAuditHuman({ ...REPORT, findings: [] }, { color: false }),
    ).to.equal(`Could not be checked
  ? app-role-superuser  no app role in the config

? 2 tables, 3 checks: no findings; 1 check could not look.
`)
  })

  it('begins with what was not looked at', () => {
    const notLookedAt = [
      { what: 'global' as const, names: ['a', 'b', 'c', 'd', 'e', 'f'], reason: 'believed' },
    ]
    const text = renderAuditHuman({ ...REPORT, findings: [], notLookedAt }, { color: false })
    expect(text.split('\n').slice(0, 3)).to.deep.equal([
      'Not looked at',
      '  ? global: a, b, c, d, e and 1 more (believed)',
      '',
    ])
  })

  it('paints the levels', () => {
    const painted = renderAuditHuman(REPORT, { color: true })
    expect(painted).to.include('\u001b[31m\u001b[1m✖ critical\u001b[22m\u001b[39m')
    expect(painted).to.include('\u001b[33m✖ medium\u001b[39m')
  })

  it('fits a terminal of 40 columns, and cuts no name, no id and no SQL', () => {
    const matrix = [{ table: 'public.顧客データ', ...CELLS, update: 'hole' as const }]
    const report = { ...REPORT, findings: REPORT.findings.slice(1), matrix }
    expect(renderAuditHuman(report, { color: false, columns: 40 })).to.equal(`public.open_tasks
  ✖ high  It reads as its owner.
    view-bypasses-rls
${whyLines('view-bypasses-rls', 40).join('\n')}
    fix  -- make a function of it

public.tasks
  ✖ medium  Its owner sees every tenant.
    rls-not-forced
${whyLines('rls-not-forced', 40).join('\n')}
    fix  alter table public.tasks
           force row level security;

Could not be checked
  ? app-role-superuser  no app role in
    the config

What a command of the application reaches
  public.顧客データ  select ✔  insert ✔
    update ✖  delete ✔
  ✔ rows of its tenant alone
  ✖ rows of others too  ? not proven

✖ 2 tables, 3 checks: 2 findings (1
  high, 1 medium); 1 check could not
  look.
`)
  })
})

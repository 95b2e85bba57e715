import { expect } from 'chai'
import {
  type AuditReport,
  auditSnapshot,
  type Snapshot,
  takeSnapshot,
} from '../../../src/audit/audit.ts'
import type { ConfigInput } from '../../../src/config/config.ts'
import { applyPlan } from '../../support/apply-plan.ts'
import { withRolesOf } from '../../support/correct-schema.ts'
import { createDatabase, type TestDatabase, withClient } from '../../support/postgres.ts'

const S = `(select nullif(current_setting('app.tenant_id', true), '')::uuid)`
const FAIL_OPEN = `${S} is null or tenant_id = ${S}`

/** A change to the policies of `projects` → the findings of the audit. */
const CASES: Readonly<Record<string, readonly string[]>> = {
  [`alter policy tenant_isolation on projects using (${S} = tenant_id)`]: [
    'low policy-expression-drift: Policy tenant_isolation says the same in other words.',
  ],
  [`alter policy tenant_access on projects using (tenant_id = ${S} and deleted_at is null)`]: [
    'low policy-expression-drift: Policy tenant_access demands more than what is generated.',
  ],
  [`alter policy tenant_access on projects using (${FAIL_OPEN})`]: [
    'medium policy-expression-drift: Policy tenant_access lets more through: with no tenant set, a row of tenant A is visible to select.',
  ],
  [`alter policy tenant_isolation on projects with check (${FAIL_OPEN})`]: [
    'high policy-expression-drift: Policy tenant_isolation lets more through: with no tenant set, a row of tenant A is accepted by insert.',
  ],
  [`alter policy tenant_access on projects using (${FAIL_OPEN});
    alter policy tenant_isolation on projects using (true)`]: [
    'critical policy-expression-drift: Policy tenant_access lets more through: with no tenant set, a row of tenant A is visible to select.',
    'critical policy-expression-drift: Policy tenant_isolation lets more through: with no tenant set, a row of tenant A is visible to select.',
    'critical policy-leaks-rows: With no tenant set, a row of tenant A is visible to select.',
  ],
  'alter policy tenant_access on projects using (tenant_id is null)': [
    'high policy-expression-drift: Policy tenant_access denies what it is for: with tenant A, a row of tenant A is hidden from select.',
  ],
  [`alter policy tenant_isolation on projects to some_role;
    create policy open on projects for delete to app_user using (tenant_id is not null)`]: [
    'critical policy-leaks-rows: With no tenant set, a row of tenant A is within reach of delete.',
    'high policy-roles-drift: Policy tenant_isolation is for some_role, not for app_user.',
    'high policy-unexpected-permissive: Policy open lets the application reach more rows.',
  ],
  [`alter policy tenant_isolation on projects using (true);
    alter policy tenant_access on projects using (tenant_id = ${S} or (doc ->> 'open') = 'yes')`]: [
    'high policy-expression-drift: Policy tenant_access is not what is generated.',
    'high policy-expression-drift: Policy tenant_isolation lets more through: with no tenant set, a row of tenant A is visible to select.',
    '? policy-leaks-rows: public.projects: policy tenant_access compares or computes with ->>; policy tenant_access reads doc, of which not every value can be tried',
  ],
}

// Its own checks say these as well, and are tested as such.
const OTHER_CHECKS = [
  'policy-references-other-columns',
  'policy-ignores-tenant-column',
  'multiple-permissive-policies',
  'server-rls-cve',
]

describe('the audit of policies that drifted', () => {
  let database: TestDatabase
  let config: ConfigInput

  before(async () => {
    database = await createDatabase()
    config = {
      roles: { app: `${database.name}_app_user` },
      tables: ['projects'],
      audit: { levels: Object.fromEntries(OTHER_CHECKS.map((check) => [check, 'off'])) },
    }
    await run(`
      create role app_user login;
      create role some_role;
      create table projects (tenant_id uuid, id int, deleted_at timestamptz, doc jsonb,
        primary key (tenant_id, id));
      grant select on projects to app_user;
      revoke create on schema public from public;`)
    await applyPlan(database.url, config)
  })
  after(() => database.drop())

  const run = (sql: string) =>
    withClient(database.url, (client) => client.query(withRolesOf(database.name, sql)))

  /** In place while it is read, and put back afterwards. */
  async function snapshotAfter(sql: string): Promise<Snapshot> {
    await run(sql)
    try {
      return await withClient(database.url, (client) => takeSnapshot(client, config))
    } finally {
      await run('drop policy if exists open on projects')
      await run(
        ['tenant_access', 'tenant_isolation']
          .map(
            (policy) => `alter policy ${policy} on projects to app_user using (tenant_id = ${S})
            with check (tenant_id = ${S})`,
          )
          .join(';'),
      )
    }
  }

  const told = ({ findings, inconclusive }: AuditReport) =>
    [
      ...findings.map(({ level, check, summary }) => `${level} ${check}: ${summary}`),
      ...inconclusive.map(({ check, reason }) => `? ${check}: ${reason}`),
    ].map((line) => line.replaceAll(`${database.name}_`, ''))

  for (const [sql, expected] of Object.entries(CASES)) {
    it(`after ${sql}: ${expected.map((line) => line.split(':')[0]).join(', ')}`, async () => {
      expect(told(auditSnapshot(await snapshotAfter(sql), config))).to.deep.equal(expected)
    })
  }

  describe('P12 trouble never looks like clean', () => {
    const LEAK = `alter policy tenant_access on projects using (${FAIL_OPEN});
      alter policy tenant_isolation on projects using (${FAIL_OPEN})`
    const NOT_TRIED =
      '? policy-leaks-rows: public.projects: its policies were not tried out for this config'
    const BY_WORDS = [
      'high policy-expression-drift: Policy tenant_access is not what is generated.',
      'high policy-expression-drift: Policy tenant_isolation is not what is generated.',
      NOT_TRIED,
    ]

    it('judges by the words, and says so, where nothing was tried out', async () => {
      const { truthTables: _, ...untried } = await snapshotAfter(LEAK)
      expect(told(auditSnapshot(untried, config))).to.deep.equal(BY_WORDS)
    })

    it('does not take what was tried out for another config', async () => {
      const snapshot = await snapshotAfter(LEAK)
      const shared = { ...config, tables: { projects: { access: 'boundary' } } } as const
      expect(told(auditSnapshot(snapshot, shared))).to.include(NOT_TRIED)
    })

    it('does not call a waiver stale that it could not check', async () => {
      const { truthTables: _, ...untried } = await snapshotAfter(LEAK)
      const waiver = { check: 'policy-leaks-rows', object: 'public.projects' }
      const waivers = [{ ...waiver, reason: 'known', expires: '2999-12-31' }]
      const waiving = { ...config, audit: { ...config.audit, waivers } }
      expect(told(auditSnapshot(untried, waiving))).to.deep.equal(BY_WORDS)
    })

    it('stops a condition that runs too long, and says that nothing was tried', async () => {
      // More than two seconds on any machine of our days.
      const slow = [...'abcdefghijklmnopqrstuvwxyz']
        .map((letter) => `md5(repeat('${letter}', 50000000) || tenant_id::text) = 'x'`)
        .join(' or ')
      const sql = `alter policy tenant_access on projects using (tenant_id = ${S} or ${slow});
        alter policy tenant_isolation on projects using (true)`
      const found = told(auditSnapshot(await snapshotAfter(sql), config))
      expect(found.filter((line) => line.startsWith('?'))).to.deep.equal([
        '? policy-leaks-rows: public.projects: nothing could be tried: canceling statement due to statement timeout',
      ])
    })
  })
})

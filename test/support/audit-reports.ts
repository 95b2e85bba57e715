import type { AuditReport, Isolation, TableIsolation } from '../../src/audit/audit.ts'

export const REPORT: AuditReport = {
  serverVersion: 180004,
  database: 'shop',
  tables: 2,
  checks: 3,
  off: ['rls-not-forced'],
  passed: ['grant-truncate'],
  findings: [
    {
      check: 'rls-disabled',
      level: 'critical',
      object: 'public.tasks',
      summary: 'Row security is off: 100%, really.',
      fix: 'alter table public.tasks\n  enable row level security',
      fingerprint: '0123456789ab',
      road: ['app_user', 'reads public.tasks', 'public.tasks: rows of every tenant'],
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
  notLookedAt: [
    {
      what: 'global',
      names: ['public.a', 'public.b', 'public.c', 'public.d', 'public.e', 'public.f'],
      reason: 'which is believed',
    },
  ],
  inconclusive: [{ check: 'app-role-superuser', reason: 'no `roles.app`' }],
  matrix: [
    isolation('public.tasks', 'hole'),
    { ...isolation('public."a|b`c,\nd"', 'isolated'), delete: 'unknown' },
    isolation('public.projects', 'isolated'),
  ],
}
/** The line of `notLookedAt`. */
export const GLOBAL =
  'global: public.a, public.b, public.c, public.d, public.e and 1 more (which is believed)'

export const CLEAN: AuditReport = {
  ...REPORT,
  findings: [],
  waived: [],
  notLookedAt: [],
  inconclusive: [],
  off: [],
  matrix: [isolation('public.projects', 'isolated')],
}
const [NEW, KNOWN] = REPORT.findings
/** The first finding is new, the second one was known, and a third one is fixed. */
export const COMPARED: AuditReport = {
  ...REPORT,
  findings: NEW ? [NEW] : [],
  baseline: {
    known: KNOWN ? [KNOWN] : [],
    fixed: [{ check: 'grant-truncate', object: 'public.tasks', fingerprint: 'c0ffee000000' }],
  },
}
export const REPORTS: Readonly<Record<string, AuditReport>> = {
  'with findings': REPORT,
  without: CLEAN,
  'beside a baseline': COMPARED,
}
export const SOURCE = { configFile: 'apps/my api/kysely-tenants.config.ts', version: '1.2.3' }

function isolation(table: string, verdict: Isolation): TableIsolation {
  return { table, select: verdict, insert: verdict, update: verdict, delete: verdict }
}

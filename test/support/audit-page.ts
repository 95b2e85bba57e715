import type { AuditReport, Finding, Isolation, TableIsolation } from '../../src/audit/audit.ts'
import type { TablePolicies } from '../../src/audit/table-policies.ts'
import { CHECKS } from '../../src/checks/registry.ts'
import type { renderAuditHtml } from '../../src/cli/render/audit-html.ts'

/** Runs when it is markup; as long as a name can be. */
export const HOSTILE = `"><img src=x onerror="globalThis.pwned=1"><script>pwned=1</script>`

const LONG = 'a_name_that_a_generator_made_of_a_module_its_folder_and_its_tab'

const TABLES = ['public.projects', 'public.tasks', `${LONG}.${LONG}`, `public."${HOSTILE}"`]

const ROAD = [
  'app_user',
  `executes ${LONG}.${LONG}(${LONG} text), security definer`,
  `app_admin, whose policy "${HOSTILE}" is \`using (true)\``,
  'public.projects: rows of every tenant',
]

const WANTED = `create policy tenant_access on public.projects
  as permissive for all
  to app_user
  using ((tenant_id = ( SELECT NULLIF(current_setting('app.tenant_id'::text, true), ''::text) AS "nullif")))`

/** An input of `renderAuditHtml`: so many findings, over plain, long and hostile names. */
export function auditPage(findings: number): Parameters<typeof renderAuditHtml> {
  const found = Array.from({ length: findings }, (_, index) => finding(index))
  const isClean = findings === 0
  const report: AuditReport = {
    serverVersion: 180004,
    database: 'shop',
    tables: TABLES.length,
    checks: 79,
    off: ['temp-privilege'],
    passed: ['grant-truncate', 'view-bypasses-rls'],
    findings: found,
    waived: found.slice(0, 1).map((one) => ({ ...one, reason: HOSTILE, expires: '2999-12-31' })),
    notLookedAt: [{ what: 'global', names: ['public.countries'], reason: 'which is believed' }],
    inconclusive: isClean ? [] : [{ check: 'server-rls-cve', reason: HOSTILE }],
    matrix: TABLES.map((table, index) =>
      isolation(table, isClean || index > 1 ? 'isolated' : 'hole'),
    ),
    ...(isClean
      ? {}
      : {
          baseline: {
            known: found.slice(0, 1),
            fixed: [{ check: 'rls-disabled', object: HOSTILE, fingerprint: 'c0ffee000000' }],
          },
        }),
  }
  const policies = TABLES.map((table, index) => policiesOf(table, isClean || index > 0))
  return [
    report,
    {
      configFile: 'kysely-tenants.config.ts',
      version: '1.2.3',
      takenAt: '2026-11-29T17:05:09Z',
      policies,
    },
  ]
}

function finding(index: number): Finding {
  // A step that meets every check before it meets one again.
  const check = CHECKS[(index * 11) % CHECKS.length]
  if (!check) throw new Error('there are no checks')
  return {
    check: check.id,
    level: check.level,
    object: TABLES[index % TABLES.length] ?? '',
    summary: `${check.title}: policy ${index % 2 === 0 ? LONG : HOSTILE}.`,
    fix: `${check.fixed}\n-- ${LONG}${LONG}${LONG} ${HOSTILE}`,
    fingerprint: index.toString(16).padStart(12, '0'),
    ...(index % 3 === 0 && { road: ROAD, summary: `${ROAD.join(' → ')}.` }),
  }
}

function isolation(table: string, select: Isolation): TableIsolation {
  return { table, select, insert: 'isolated', update: select, delete: 'isolated' }
}

function policiesOf(table: string, isWanted: boolean): TablePolicies {
  const is = isWanted ? WANTED : WANTED.replace(/using .*/, 'using (true)')
  return {
    table,
    rlsEnabled: true,
    rlsForced: isWanted,
    policies: [
      { name: 'tenant_access', state: isWanted ? 'as wanted' : 'differs', is, wanted: WANTED },
      { name: HOSTILE, state: 'own', is: `-- ${HOSTILE}`, wanted: undefined },
      ...(isWanted
        ? []
        : [{ name: 'tenant_isolation', state: 'missing' as const, is: undefined, wanted: WANTED }]),
    ],
  }
}

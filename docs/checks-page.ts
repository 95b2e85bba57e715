import type { Check } from '../src/checks/check.ts'
import { LEVELS } from '../src/config/level.ts'

const INTRODUCTION = `<!-- Written by \`npm run docs\` from src/checks/. -->

# Checks

What \`kysely-tenants audit\` looks for, worst first. Each check is also explained by \`kysely-tenants explain <check>\`.
The tests run the examples: the audit finds this and nothing else; they run the fix that it prints, where a statement can be
one; and it finds nothing.

| level | means |
|---|---|
| critical | rows cross tenants now |
| high | one step away, or it destroys or escalates |
| medium | a second line of defence is missing, something leaks by its existence, or an outage |
| low | speed and hygiene |
| info | worth knowing |

A finding can be better or worse than its check: one that is a road has the level of the road, as [audit.md](audit.md#roads) says. The config decides in the end:

\`\`\`ts
audit: {
  failOn: 'high', // exit code 1 from this level on
  levels: {
    'unique-without-tenant': 'low', // judged less
    'server-rls-cve': 'off', // not made, and the report says so
    'temp-privilege': 'info', // opt-in: made because it is named
  },
  waivers: [
    {
      check: 'function-security-definer',
      object: 'public.search(q text)',
      fingerprint: '3f6c1a90b2d4', // from \`audit --json\`: ends when the function changes; optional
      reason: 'reviewed: filters by tenant',
      expires: '2027-06-30',
    },
  ],
}
\`\`\`

A waiver that is over (\`waiver-expired\`) or has nothing to waive (\`waiver-stale\`) is a finding itself.

A check that could not look is reported as such, with the reason. The audit reads the catalog and no rows, unless it is told to:
what only rows can tell (whether a foreign key that was validated under row security really holds) needs \`--rows\`.`

/** Everything that the checks say of themselves, for reading. */
export function checksPage(checks: readonly Check[]): string {
  const sorted = LEVELS.flatMap((level) => checks.filter((check) => check.level === level))
  const rows = sorted.map(
    ({ id, level, title, isOptIn }) =>
      `| ${level} | [\`${id}\`](#${id}) | ${title}${isOptIn ? ' (opt-in)' : ''} |`,
  )
  const table = ['| level | check | finds |', '|---|---|---|', ...rows].join('\n')
  return `${[INTRODUCTION, table, ...sorted.map(section)].join('\n\n')}\n`
}

function section(check: Check) {
  const { id, level, title, why, link, broken, fixed, isOptIn, since, needs, asksApp, readsRows } =
    check
  const facts = [
    `**${level}**`,
    ...(isOptIn ? ['opt-in'] : []),
    ...(since === undefined ? [] : [`PostgreSQL ${Math.trunc(since / 10_000)} and later`]),
    ...(needs === 'appRoles' || needs === 'roads' ? ['needs `roles.app`'] : []),
    ...(asksApp ? ['needs `--app-url`'] : []),
    ...(readsRows ? ['needs `--rows`'] : []),
    `[PostgreSQL](${link})`,
  ]
  return [
    `## ${id}`,
    `${title}. ${why}`,
    facts.join(' · '),
    `\`\`\`sql\n-- broken\n${statement(broken)}\n\n-- fixed\n${statement(fixed)}\n\`\`\``,
  ].join('\n\n')
}

// A comment ends by itself.
function statement(sql: string): string {
  return sql.startsWith('-- ') ? sql : `${sql.trim()};`
}

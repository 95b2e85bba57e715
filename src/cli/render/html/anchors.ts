import type { AuditReport } from '../../../audit/audit.ts'

type Finding = AuditReport['findings'][number]

/** The id of each finding in the page: the same as long as the finding is, so that links to it stay. */
export function anchorsOf(findings: readonly Finding[]): ReadonlyMap<Finding, string> {
  const counts = new Map<string, number>()
  return new Map(
    findings.map((finding) => {
      const count = (counts.get(finding.fingerprint) ?? 0) + 1
      counts.set(finding.fingerprint, count)
      const id = `finding-${finding.fingerprint}`
      return [finding, count === 1 ? id : `${id}-${count}`]
    }),
  )
}

/** The findings about each of these tables, and those whose road ends there. */
export function findingsByTable(
  findings: readonly Finding[],
  tables: ReadonlySet<string>,
): ReadonlyMap<string, readonly Finding[]> {
  const byTable = new Map<string, Finding[]>()
  for (const finding of findings) {
    for (const table of new Set([finding.object, endOf(finding, tables)])) {
      if (table === undefined || !tables.has(table)) continue
      const own = byTable.get(table)
      if (own) own.push(finding)
      else byTable.set(table, [finding])
    }
  }
  return byTable
}

// The last step is `public.projects: rows of every tenant`, and a name may have a colon itself.
function endOf({ road }: Finding, tables: ReadonlySet<string>): string | undefined {
  const parts = road?.at(-1)?.split(': ') ?? []
  const ends = parts.map((_, index) => parts.slice(0, index + 1).join(': '))
  return ends.find((end) => tables.has(end))
}

import type { AuditReport } from '../../audit.ts'

type Finding = AuditReport['findings'][number]

/** The report is sorted, and a Map keeps the order in which its keys arrive: the worst object first. */
export function byObject(findings: readonly Finding[]): Map<string, Finding[]> {
  const groups = new Map<string, Finding[]>()
  for (const finding of findings) {
    const group = groups.get(finding.object)
    if (group) group.push(finding)
    else groups.set(finding.object, [finding])
  }
  return groups
}

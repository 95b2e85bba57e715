import type { AuditReport } from '../../audit.ts'
import { LEVELS, type Level } from '../../level.ts'
import { plural } from './plural.ts'

type Paint = (what: Level | 'doubt', text: string) => string

/** The sum of a report in one line: the same in every format. */
export function auditSentence(report: AuditReport, paint: Paint = (_, text) => text): string {
  const { tables, checks, findings, waived, inconclusive, off } = report
  // One check can be in doubt about many tables.
  const open = new Set(inconclusive.map(({ check }) => check)).size
  const asides = [
    ...(waived.length > 0 ? [`${waived.length} waived`] : []),
    ...(off.length > 0 ? [`${plural(off.length, 'check')} switched off`] : []),
    ...(open > 0 ? [paint('doubt', `${plural(open, 'check')} could not look`)] : []),
  ]
  const found = [foundIn(findings, paint), ...asides].join('; ')
  return `${plural(tables, 'table')}, ${plural(checks, 'check')}: ${found}.`
}

function foundIn(findings: AuditReport['findings'], paint: Paint): string {
  if (findings.length === 0) return 'no findings'
  const counts = LEVELS.flatMap((level) => {
    const count = findings.filter((finding) => finding.level === level).length
    return count > 0 ? [paint(level, `${count} ${level}`)] : []
  })
  return `${plural(findings.length, 'finding')} (${counts.join(', ')})`
}

/** Ready to paste; a fix that no statement can be is a comment. */
export function auditFix(fix: string): string {
  return fix.startsWith('--') ? fix : `${fix};`
}

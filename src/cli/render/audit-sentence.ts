import type { AuditReport } from '../../audit/audit.ts'
import { LEVELS, type Level } from '../../config/level.ts'
import { plural } from './plural.ts'

type Paint = (what: Level | 'doubt', text: string) => string

/** The sum of a report in one line, the same in every format. */
export function auditSentence(report: AuditReport, paint: Paint = (_, text) => text): string {
  const { tables, checks, baseline, waived, inconclusive, off } = report
  // One check can be in doubt about many tables.
  const open = new Set(inconclusive.map(({ check }) => check)).size
  const known = baseline?.known.length ?? 0
  const fixed = baseline?.fixed.length ?? 0
  const asides = [
    ...(known > 0 ? [`${known} known`] : []),
    ...(fixed > 0 ? [`${fixed} fixed`] : []),
    ...(waived.length > 0 ? [`${waived.length} waived`] : []),
    ...(off.length > 0 ? [`${plural(off.length, 'check')} switched off`] : []),
    ...(open > 0 ? [paint('doubt', `${plural(open, 'check')} could not look`)] : []),
  ]
  const found = [foundIn(report, paint), ...asides].join('; ')
  return `${plural(tables, 'table')}, ${plural(checks, 'check')}: ${found}.`
}

function foundIn({ findings, baseline }: AuditReport, paint: Paint): string {
  const kind = baseline ? 'new finding' : 'finding'
  if (findings.length === 0) return `no ${kind}s`
  const counts = LEVELS.flatMap((level) => {
    const count = findings.filter((finding) => finding.level === level).length
    return count > 0 ? [paint(level, `${count} ${level}`)] : []
  })
  return `${plural(findings.length, kind)} (${counts.join(', ')})`
}

/** Ready to paste: several statements run together or not at all; a choice of the user is a comment. */
export function auditFix(fix: string): string {
  if (fix.startsWith('--')) return fix
  const last = fix.slice(fix.lastIndexOf('\n') + 1)
  const text = last.startsWith('--') ? fix : `${fix};`
  return /;\n(?!--)/.test(fix) ? `begin;\n${text}\ncommit;` : text
}

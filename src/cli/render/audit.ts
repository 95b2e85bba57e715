import type { ChalkInstance } from 'chalk'
import type { AuditReport } from '../../audit.ts'
import { LEVELS } from '../../level.ts'
import { paintLevel } from './level.ts'
import { paint } from './paint.ts'
import { plural } from './plural.ts'

type Finding = AuditReport['findings'][number]

/** Findings by object, the object with the worst first; what could not be checked; the sum. */
export function renderAudit(report: AuditReport, color: boolean): string {
  const c = paint(color)
  const blocks = [...byObject(report.findings)].map(([object, findings]) =>
    [c.bold(object), ...findings.flatMap((finding) => findingLines(finding, c))].join('\n'),
  )
  return `${[...blocks, ...inconclusive(report, c), summary(report, c)].join('\n\n')}\n`
}

// The report is sorted, and a Map keeps the order in which its keys arrive.
function byObject(findings: readonly Finding[]): Map<string, Finding[]> {
  const groups = new Map<string, Finding[]>()
  for (const finding of findings) {
    groups.set(finding.object, [...(groups.get(finding.object) ?? []), finding])
  }
  return groups
}

function findingLines({ level, check, summary, fix }: Finding, c: ChalkInstance): string[] {
  // Ready to paste; a fix that no statement can be is a comment.
  const [first, ...more] = (fix.startsWith('--') ? fix : `${fix};`).split('\n')
  return [
    `  ${paintLevel(c, level, `✖ ${level}`)}  ${summary}  ${c.dim(check)}`,
    `    ${c.dim('fix')}  ${first}`,
    ...more.map((line) => `         ${line}`),
  ]
}

function inconclusive({ inconclusive }: AuditReport, c: ChalkInstance): string[] {
  if (inconclusive.length === 0) return []
  const lines = inconclusive.map(({ check, reason }) => `  ${c.yellow('?')} ${check}  ${reason}`)
  return [[c.bold('Could not be checked'), ...lines].join('\n')]
}

function summary({ tables, checks, findings, inconclusive, off }: AuditReport, c: ChalkInstance) {
  const scope = `${plural(tables, 'table')}, ${plural(checks, 'check')}`
  const open = inconclusive.length
  const switchedOff = off.length > 0 ? `; ${plural(off.length, 'check')} switched off` : ''
  const doubt =
    switchedOff + (open > 0 ? c.yellow(`; ${plural(open, 'check')} could not look`) : '')

  if (findings.length === 0) {
    const mark = open > 0 ? c.yellow('?') : c.green('✔')
    return `${mark} ${scope}: no findings${doubt}.`
  }
  const counts = LEVELS.flatMap((level) => {
    const count = findings.filter((finding) => finding.level === level).length
    return count > 0 ? [paintLevel(c, level, `${count} ${level}`)] : []
  })
  const found = `${plural(findings.length, 'finding')} (${counts.join(', ')})`
  return `${c.red('✖')} ${scope}: ${found}${doubt}.`
}

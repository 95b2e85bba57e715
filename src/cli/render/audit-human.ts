import type { ChalkInstance } from 'chalk'
import type { AuditReport } from '../../audit.ts'
import { auditFix, auditSentence } from './audit-sentence.ts'
import { paintLevel } from './level.ts'
import { paint } from './paint.ts'

type Finding = AuditReport['findings'][number]

/** Findings by object, the object with the worst first; what could not be checked; the sum. */
export function renderAuditHuman(report: AuditReport, color: boolean): string {
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
  const [first, ...more] = auditFix(fix).split('\n')
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

function summary(report: AuditReport, c: ChalkInstance): string {
  const sentence = auditSentence(report, (what, text) =>
    what === 'doubt' ? c.yellow(text) : paintLevel(c, what, text),
  )
  if (report.findings.length > 0) return `${c.red('✖')} ${sentence}`
  return `${report.inconclusive.length > 0 ? c.yellow('?') : c.green('✔')} ${sentence}`
}

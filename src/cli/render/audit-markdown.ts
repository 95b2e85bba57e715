import type { AuditReport } from '../../audit/audit.ts'
import { COMMANDS } from '../../audit/isolation.ts'
import { auditFix, auditSentence } from './audit-sentence.ts'
import { MATRIX_TITLE, matrixLines, SIGN } from './isolation.ts'
import { code, escaped, table } from './markdown.ts'
import { notLookedAtLines } from './not-looked-at.ts'

/**
 * For a comment on a pull request, or the summary of a job.
 *
 * @param options `verbose`: a line of the matrix for every table
 */
export function renderAuditMarkdown(
  report: AuditReport,
  options: { readonly verbose?: boolean } = {},
): string {
  const { findings, inconclusive, database } = report
  const blocks = [
    `## Audit of ${code(database)}`,
    `**${auditSentence(report)}**`,
    ...notLookedAt(report),
    ...(findings.length === 0 ? [] : [findingTable(findings), fixes(findings)]),
    ...(inconclusive.length === 0 ? [] : [`### Could not be checked\n\n${list(inconclusive)}`]),
    ...fixed(report),
    ...matrix(report, options),
  ]
  return `${blocks.join('\n\n')}\n`
}

function notLookedAt(report: AuditReport): string[] {
  const lines = notLookedAtLines(report)
  return lines.length === 0
    ? []
    : [`### Not looked at\n\n${lines.map((line) => `- ${escaped(line)}`).join('\n')}`]
}

function findingTable(findings: AuditReport['findings']): string {
  const rows = findings.map(({ level, object, summary, check }) => {
    return [level, code(object), escaped(summary), code(check)]
  })
  return table(['level', 'object', 'finding', 'check'], rows)
}

function fixed({ baseline }: AuditReport): string[] {
  if (!baseline || baseline.fixed.length === 0) return []
  const lines = baseline.fixed.map(({ check, object }) => `- ${code(check)}: ${code(object)}`)
  return [`### Fixed since the baseline\n\n${lines.join('\n')}`]
}

function matrix({ findings, matrix }: AuditReport, { verbose = false }): string[] {
  const objects = new Set(findings.map(({ object }) => object))
  const lines = matrixLines(matrix, { objects, every: verbose })
  if (lines.length === 0) return []
  const rows = lines.map(({ table, cells }) => [code(table), ...cells.map((cell) => SIGN[cell])])
  const align = ['left' as const, ...COMMANDS.map(() => 'center' as const)]
  return [`### ${MATRIX_TITLE}\n\n${table(['table', ...COMMANDS], rows, align)}`]
}

function fixes(findings: AuditReport['findings']): string {
  const sql = findings.map(({ check, object, fix }) => {
    // A name may hold a line break.
    return `-- ${check}: ${object.replaceAll(/\s+/g, ' ')}\n${auditFix(fix)}`
  })
  const fence = fenceFor(sql.join('\n'))
  return `<details><summary>Fixes</summary>\n\n${fence}sql\n${sql.join('\n\n')}\n${fence}\n\n</details>`
}

function list(inconclusive: AuditReport['inconclusive']): string {
  return inconclusive.map(({ check, reason }) => `- ${code(check)}: ${escaped(reason)}`).join('\n')
}

function fenceFor(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
  return '`'.repeat(longest + 1)
}

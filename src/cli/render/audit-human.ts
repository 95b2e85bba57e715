import type { ChalkInstance } from 'chalk'
import type { AuditReport, Isolation } from '../../audit/audit.ts'
import { COMMANDS } from '../../audit/isolation-matrix.ts'
import { CHECKS } from '../../checks/registry.ts'
import { auditFix, auditSentence } from './audit-sentence.ts'
import { byObject } from './by-object.ts'
import { alignColumns } from './columns.ts'
import { MATRIX_TITLE, MEANING, matrixLines, SIGN } from './isolation.ts'
import { paintLevel } from './level.ts'
import { paint } from './paint.ts'
import { wrap } from './wrap.ts'

type Finding = AuditReport['findings'][number]

interface HumanOptions {
  readonly color: boolean
  /** A line of the matrix for every table. */
  readonly verbose?: boolean
}

/**
 * Findings by object, the object with the worst first; what could not be checked; what is fixed; what
 * each command reaches; the sum.
 */
export function renderAuditHuman(report: AuditReport, options: HumanOptions): string {
  const c = paint(options.color)
  const explained = new Set<string>()
  const blocks = [...byObject(report.findings)].map(([object, findings]) =>
    [c.bold(object), ...findings.flatMap((finding) => findingLines(finding, explained, c))].join(
      '\n',
    ),
  )
  const parts = [
    ...blocks,
    ...inconclusive(report, c),
    ...fixed(report, c),
    ...matrix(report, options, c),
  ]
  return `${[...parts, summary(report, c)].join('\n\n')}\n`
}

/** @param explained the checks whose reason was told: once is enough */
function findingLines(finding: Finding, explained: Set<string>, c: ChalkInstance): string[] {
  const { level, check, summary, fix } = finding
  const why = explained.has(check) ? undefined : CHECKS.find(({ id }) => id === check)?.why
  explained.add(check)
  return [
    `  ${paintLevel(c, level, `✖ ${level}`)}  ${summary}  ${c.dim(check)}`,
    ...(why === undefined ? [] : labelled(c.dim('why'), wrap(why))),
    ...labelled(c.dim('fix'), auditFix(fix).split('\n')),
  ]
}

function labelled(label: string, [first, ...more]: readonly string[]): string[] {
  return [`    ${label}  ${first}`, ...more.map((line) => `         ${line}`)]
}

function inconclusive({ inconclusive }: AuditReport, c: ChalkInstance): string[] {
  if (inconclusive.length === 0) return []
  const lines = inconclusive.map(({ check, reason }) => `  ${c.yellow('?')} ${check}  ${reason}`)
  return [[c.bold('Could not be checked'), ...lines].join('\n')]
}

function fixed({ baseline }: AuditReport, c: ChalkInstance): string[] {
  if (!baseline || baseline.fixed.length === 0) return []
  const lines = baseline.fixed.map(
    ({ check, object }) => `  ${c.green('✔')} ${object}  ${c.dim(check)}`,
  )
  return [[c.bold('Fixed since the baseline'), ...lines].join('\n')]
}

function matrix(report: AuditReport, { verbose = false }: HumanOptions, c: ChalkInstance) {
  const objects = new Set(report.findings.map(({ object }) => object))
  const lines = matrixLines(report.matrix, { objects, every: verbose })
  if (lines.length === 0) return []
  // Padded as plain text: colors have no width.
  const rows = alignColumns([
    ['table', ...COMMANDS],
    ...lines.map(({ table, cells }) => [table, ...cells.map((cell) => SIGN[cell])]),
  ])
  const [header = [], ...body] = rows
  const sign = (cell: Isolation, text = SIGN[cell]) => paintIsolation(c, cell, text)
  const legend = (['isolated', 'hole', 'unknown'] as const).map(
    (cell) => `${sign(cell)} ${MEANING[cell]}`,
  )
  return [
    [
      c.bold(MATRIX_TITLE),
      `  ${c.dim(header.join('  '))}`,
      ...body.map(([name = '', ...texts], row) => {
        const painted = texts.map((text, i) => sign(lines[row]?.cells[i] ?? 'unknown', text))
        return `  ${[name, ...painted].join('  ')}`
      }),
      `  ${legend.join('  ')}`,
    ].join('\n'),
  ]
}

function paintIsolation(c: ChalkInstance, isolation: Isolation, text: string): string {
  const paints = { isolated: c.green, hole: c.red.bold, unknown: c.yellow }
  return paints[isolation](text)
}

function summary(report: AuditReport, c: ChalkInstance): string {
  const sentence = auditSentence(report, (what, text) =>
    what === 'doubt' ? c.yellow(text) : paintLevel(c, what, text),
  )
  if (report.findings.length > 0) return `${c.red('✖')} ${sentence}`
  return `${report.inconclusive.length > 0 ? c.yellow('?') : c.green('✔')} ${sentence}`
}

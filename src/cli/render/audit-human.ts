import type { ChalkInstance } from 'chalk'
import type { AuditReport, Isolation } from '../../audit/audit.ts'
import { COMMANDS } from '../../audit/isolation.ts'
import { CHECKS } from '../../checks/registry.ts'
import type { Screen } from '../io.ts'
import { auditFix, auditSentence } from './audit-sentence.ts'
import { byObject } from './by-object.ts'
import { alignColumns } from './columns.ts'
import { MATRIX_TITLE, MEANING, matrixLines, SIGN } from './isolation.ts'
import { paintLevel } from './level.ts'
import { notLookedAtLines } from './not-looked-at.ts'
import { paint } from './paint.ts'
import { wrap, wrapProse } from './wrap.ts'

type Finding = AuditReport['findings'][number]

interface HumanOptions extends Screen {
  /** A line of the matrix for every table. */
  readonly verbose?: boolean
}

/**
 * The parts that were not looked at; findings by object, the object with the worst first; checks
 * that could not look; fixed findings; the matrix of what each command reaches; the sum.
 */
export function renderAuditHuman(report: AuditReport, options: HumanOptions): string {
  const c = paint(options.color)
  const explained = new Set<string>()
  const blocks = [...byObject(report.findings)].map(([object, findings]) =>
    [
      c.bold(object),
      ...findings.flatMap((finding) => {
        const isKnown = explained.has(finding.check)
        explained.add(finding.check)
        return findingLines(finding, isKnown, options)
      }),
    ].join('\n'),
  )
  const parts = [
    ...notLookedAt(report, options),
    ...blocks,
    ...inconclusive(report, options),
    ...fixed(report, c),
    ...matrix(report, options),
    summary(report, options),
  ]
  return `${parts.join('\n\n')}\n`
}

function notLookedAt(report: AuditReport, { color, columns }: Screen): string[] {
  const lines = notLookedAtLines(report)
  if (lines.length === 0) return []
  const c = paint(color)
  const items = lines.flatMap((line) =>
    wrap([`  ${c.yellow('?')}`, ...line.split(' ')], { columns, indent: 4 }),
  )
  return [[c.bold('Not looked at'), ...items].join('\n')]
}

/** @param isKnown an earlier finding has printed the reason of the check */
function findingLines(finding: Finding, isKnown: boolean, { color, columns }: Screen): string[] {
  const c = paint(color)
  const { level, check, summary, fix } = finding
  const why = isKnown ? undefined : CHECKS.find(({ id }) => id === check)?.why
  const title = [
    `  ${paintLevel(c, level, `✖ ${level}`)} `,
    ...summary.split(' '),
    ` ${c.dim(check)}`,
  ]
  return [
    ...wrap(title, { columns, indent: 4 }),
    ...(why === undefined
      ? []
      : labelled(c.dim('why'), wrapProse(why, { columns, margin: LABEL }))),
    ...labelled(c.dim('fix'), auditFix(fix).split('\n')),
  ]
}

/** The width of a label. */
const LABEL = 9

function labelled(label: string, [first, ...more]: readonly string[]): string[] {
  return [`    ${label}  ${first}`, ...more.map((line) => `${' '.repeat(LABEL)}${line}`)]
}

function inconclusive({ inconclusive }: AuditReport, { color, columns }: Screen): string[] {
  if (inconclusive.length === 0) return []
  const c = paint(color)
  const lines = inconclusive.flatMap(({ check, reason }) =>
    wrap([`  ${c.yellow('?')} ${check} `, ...reason.split(' ')], { columns, indent: 4 }),
  )
  return [[c.bold('Could not be checked'), ...lines].join('\n')]
}

function fixed({ baseline }: AuditReport, c: ChalkInstance): string[] {
  if (!baseline || baseline.fixed.length === 0) return []
  const lines = baseline.fixed.map(
    ({ check, object }) => `  ${c.green('✔')} ${object}  ${c.dim(check)}`,
  )
  return [[c.bold('Fixed since the baseline'), ...lines].join('\n')]
}

function matrix(report: AuditReport, { verbose = false, color, columns }: HumanOptions): string[] {
  const objects = new Set(report.findings.map(({ object }) => object))
  const lines = matrixLines(report.matrix, { objects, every: verbose })
  if (lines.length === 0) return []
  const c = paint(color)
  const sign = (cell: Isolation) => paintIsolation(c, cell, SIGN[cell])
  const table = alignColumns(
    lines.map(({ table, cells }) => [table, ...cells.map(sign)]),
    {
      header: ['table', ...COMMANDS].map((name) => c.dim(name)),
      columns: columns && columns - 2,
    },
  )
  const legend = (['isolated', 'hole', 'unknown'] as const).map(
    (cell, i) => `${i === 0 ? '' : ' '}${sign(cell)} ${MEANING[cell]}`,
  )
  const key = wrap(legend, { columns: columns && columns - 2 })
  return [[c.bold(MATRIX_TITLE), ...[...table, ...key].map((line) => `  ${line}`)].join('\n')]
}

function paintIsolation(c: ChalkInstance, isolation: Isolation, text: string): string {
  const paints = { isolated: c.green, hole: c.red.bold, unknown: c.yellow }
  return paints[isolation](text)
}

function summary(report: AuditReport, { color, columns }: Screen): string {
  const c = paint(color)
  const sentence = auditSentence(report, (what, text) =>
    what === 'doubt' ? c.yellow(text) : paintLevel(c, what, text),
  )
  const clean = report.inconclusive.length > 0 ? c.yellow('?') : c.green('✔')
  const sign = report.findings.length > 0 ? c.red('✖') : clean
  return wrap(`${sign} ${sentence}`, { columns, indent: 2 }).join('\n')
}

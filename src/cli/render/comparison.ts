import { type Change, JUDGEMENTS, type Judgement } from '../../comparison/change.ts'
import type { Level } from '../../config/level.ts'
import type { Screen } from '../io.ts'
import { byObject } from './by-object.ts'
import { renderJson } from './json.ts'
import { paintLevel } from './level.ts'
import { code, escaped, table } from './markdown.ts'
import { paint } from './paint.ts'
import { plural } from './plural.ts'
import { wrap } from './wrap.ts'

/** Each judgement is painted like a finding of this level. */
const LEVEL: Readonly<Record<Judgement, Level>> = {
  WIDENS: 'high',
  UNKNOWN: 'medium',
  NARROWS: 'low',
  SAFE: 'info',
}

/** The changes since a snapshot. */
interface Comparison {
  readonly database: string
  /** The file of the earlier snapshot. */
  readonly against: string
  readonly changes: readonly Change[]
}

export const COMPARISON_FORMATS = ['human', 'json', 'markdown'] as const

export type ComparisonFormat = (typeof COMPARISON_FORMATS)[number]

export function renderComparison(
  comparison: Comparison,
  format: ComparisonFormat,
  screen: Screen,
): string {
  switch (format) {
    case 'human':
      return renderHuman(comparison, screen)
    case 'json':
      return renderJson(comparison)
    case 'markdown':
      return renderMarkdown(comparison)
  }
}

/** Worst first, object by object; the sum. */
function renderHuman(comparison: Comparison, { color, columns }: Screen): string {
  const c = paint(color)
  const width = Math.max(...JUDGEMENTS.map((judgement) => judgement.length))
  const blocks = [...byObject(comparison.changes)].map(([object, changes]) =>
    [
      c.bold(object),
      ...changes.flatMap(({ judgement, summary }) => {
        const label = paintLevel(c, LEVEL[judgement], judgement.padEnd(width))
        return summary.split('\n').flatMap((line, index) => {
          const start = index === 0 ? `  ${label} ` : ' '.repeat(width + 3)
          return wrap([start, ...line.split(' ')], { columns, indent: width + 4 })
        })
      }),
    ].join('\n'),
  )
  const mark = opens(comparison.changes) ? c.red('✖') : c.green('✔')
  const sentence = wrap(`${mark} ${sum(comparison)}`, { columns, indent: 2 })
  return `${[...blocks, sentence.join('\n')].join('\n\n')}\n`
}

/** For a comment on a pull request, or the summary of a job. */
function renderMarkdown(comparison: Comparison): string {
  const rows = comparison.changes.map(({ judgement, object, summary }) => {
    return [judgement, code(object), escaped(summary)]
  })
  const blocks = [
    `## Changes of ${code(comparison.database)}`,
    `**${escaped(sum(comparison))}**`,
    ...(rows.length === 0 ? [] : [table(['judgement', 'object', 'change'], rows)]),
  ]
  return `${blocks.join('\n\n')}\n`
}

/** True when a role can see or write more than before, or when that is not known. */
export function opens(changes: readonly Change[]): boolean {
  return changes.some(({ judgement }) => judgement === 'WIDENS' || judgement === 'UNKNOWN')
}

function sum({ against, changes }: Comparison): string {
  if (changes.length === 0) return `Nothing changed since ${against}.`
  const counts = JUDGEMENTS.flatMap((judgement) => {
    const count = changes.filter((change) => change.judgement === judgement).length
    return count > 0 ? [`${count} ${judgement}`] : []
  })
  return `${plural(changes.length, 'change')} since ${against}: ${counts.join(', ')}.`
}

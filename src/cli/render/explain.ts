import type { Check } from '../../checks/check.ts'
import { LEVELS } from '../../config/level.ts'
import type { Screen } from '../io.ts'
import { alignColumns } from './columns.ts'
import { paintLevel } from './level.ts'
import { paint } from './paint.ts'
import { wrap, wrapProse } from './wrap.ts'

/** Worst first, each level in the order of the registry. */
export function renderChecks(checks: readonly Check[], { color, columns }: Screen): string {
  const c = paint(color)
  const sorted = LEVELS.flatMap((level) => checks.filter((check) => check.level === level))
  const rows = sorted.map(({ id, level, title }) => [
    paintLevel(c, level, level),
    c.bold(id),
    title,
  ])
  return `${alignColumns(rows, { columns }).join('\n')}\n`
}

export function renderCheck(check: Check, { color, columns }: Screen): string {
  const c = paint(color)
  const section = (name: string, lines: readonly string[]) =>
    [c.bold(name), ...lines.map((line) => `  ${line}`)].join('\n')
  const conditions = [
    ...(check.isOptIn ? ['', 'Opt-in: name it in `audit.levels` to have it judged.'] : []),
    ...(check.asksApp
      ? ['', 'Asks the application itself: pass `--app-url` to have it judged.']
      : []),
    ...(check.readsRows ? ['', 'Reads rows: pass `--rows` to have it judged.'] : []),
  ]
  const blocks = [
    [
      `${c.bold(check.id)}  ${paintLevel(c, check.level, check.level)}`,
      ...[check.title, ...conditions].flatMap((text) => wrap(text, { columns })),
    ].join('\n'),
    section('Why', wrapProse(check.why, { columns, margin: 2 })),
    section('Read', [check.link]),
    section('Broken', check.broken.trim().split('\n')),
    section('Fixed', check.fixed.trim().split('\n')),
  ]
  return `${blocks.join('\n\n')}\n`
}

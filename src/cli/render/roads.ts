import type { RoadTo } from '../../audit/roads-to.ts'
import { paintLevel } from './level.ts'
import { paint } from './paint.ts'

/** A block for each road, and what closes it. */
export function renderRoads(table: string, roads: readonly RoadTo[], color: boolean): string {
  const c = paint(color)
  if (roads.length === 0) return `No road leads to ${table}.\n`
  const blocks = roads.map(({ level, steps, doubt, closed }) =>
    [
      closed === null ? paintLevel(c, level, `open  ${level}`) : c.dim('closed'),
      ...steps.map((step, index) => `  ${index === 0 ? '' : '→ '}${step}`),
      ...(doubt === null ? [] : [`  It may: ${doubt}.`]),
      ...(closed === null ? [] : [`  Closed: ${closed}.`]),
    ].join('\n'),
  )
  return `${blocks.join('\n\n')}\n`
}

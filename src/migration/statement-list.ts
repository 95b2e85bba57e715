import { qualifiedName } from '../sql/quote.ts'
import { commentLines, wrapped } from './comment-lines.ts'
import type { Step } from './step.ts'
import { indent, type Syntax } from './syntax.ts'

/** Two statements in a row need no heading to be seen as those of one table. */
const PAIR = 2

/**
 * The statements of `up`. Those of a table stand together, under its name where it has many. A comment stands
 * above the first statement of its kind.
 */
export function upStatements(steps: readonly Step[], syntax: Syntax): string {
  const groups = byTable(steps)
  const isNamed = groups.some((group) => group.length > PAIR)
  const explained = new Set<string>()
  const lines: string[] = []
  for (const group of groups) {
    for (const [index, step] of group.entries()) {
      const isFirst = index === 0 && isNamed
      const comment = onceOnly(explain(step), explained)
      if (lines.length > 0) lines.push(...between(syntax, isFirst || comment.length > 0))
      const head = [...(isFirst ? [`${qualifiedName(step.table)}:`] : []), ...comment]
      if (head.length > 0) lines.push(commentLines(head, syntax.comment))
      lines.push(syntax.statement(step.up))
    }
  }
  return listed(lines, syntax)
}

/** The statements of `down`, in reverse. */
export function downStatements(steps: readonly Step[], syntax: Syntax): string {
  const { comment, statement } = syntax
  const explained = new Set<string>()
  const lines = steps.toReversed().flatMap(({ down, downHazard }) => {
    const hazard = downHazard ? onceOnly(wrapped(`Hazard: ${downHazard}`), explained) : []
    return [
      ...(hazard.length > 0 ? [commentLines(hazard, comment)] : []),
      ...down.map((sql) => statement(sql)),
    ]
  })
  if (lines.length === 0) return `${comment} There is no change to take back.`
  return listed(
    [`${comment} Restores what was there when this file was written.`, ...lines],
    syntax,
  )
}

function listed(lines: readonly string[], { list }: Syntax): string {
  const text = lines.join('\n')
  return list ? `${list[0]}\n${indent(text, 2)}\n${list[1]}` : text
}

/** Consecutive steps of the same table. */
function byTable(steps: readonly Step[]): Step[][] {
  const groups: Step[][] = []
  for (const step of steps) {
    const last = groups.at(-1)
    const isSame = last?.[0] && qualifiedName(last[0].table) === qualifiedName(step.table)
    if (last && isSame) last.push(step)
    else groups.push([step])
  }
  return groups
}

function between({ separator }: Syntax, isApart: boolean): string[] {
  if (separator !== undefined) return [separator]
  return isApart ? [''] : []
}

function onceOnly(lines: readonly string[], explained: Set<string>): readonly string[] {
  const text = lines.join('\n')
  if (explained.has(text)) return []
  explained.add(text)
  return lines
}

function explain({ why, hazard, lock }: Step): string[] {
  const sentences = [why, ...(hazard ? [`Hazard: ${hazard}`] : []), `Lock: ${lock}.`]
  return sentences.flatMap(wrapped)
}

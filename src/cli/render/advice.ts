import { MIGRATION_PARTS, type MigrationPart } from '../../config/migration-part.ts'
import type { Change } from '../../migration/change.ts'
import { qualifiedName } from '../../sql/quote.ts'
import { wrap } from './wrap.ts'

/**
 * A line for each change that only the user can decide, and a line for each part that was not asked for,
 * with the option that asks for it.
 */
export function renderAdvice(
  advice: readonly Change[],
  asked: readonly MigrationPart[],
  columns: number | undefined,
): string {
  const lines = MIGRATION_PARTS.flatMap((part) => {
    const changes = advice.filter((change) => change.part === part)
    if (asked.includes(part)) return changes.map(sentence)
    const [first] = changes
    if (!first) return []
    const more = changes.length > 1 ? `, and ${changes.length - 1} more` : ''
    return [`--with ${part}  ${qualifiedName(first.table)}: ${first.problem}${more}`]
  })
  if (lines.length === 0) return ''
  const wrapped = lines.flatMap((line) => wrap(`  ${line}`.split(' '), { columns, indent: 4 }))
  return `${['Not planned:', ...wrapped].join('\n')}\n`
}

function sentence({ table, problem, obstacle }: Change): string {
  return `${qualifiedName(table)}: ${problem}; ${obstacle}`
}

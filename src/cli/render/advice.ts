import { MIGRATION_PARTS, type MigrationPart } from '../../config/migration-part.ts'
import type { Change } from '../../migration/change.ts'
import { qualifiedName } from '../../sql/quote.ts'

/**
 * What only the user can decide, each line for itself; of the rest how much there is, and how to ask for
 * it.
 */
export function renderAdvice(advice: readonly Change[], asked: readonly MigrationPart[]): string {
  const lines = MIGRATION_PARTS.flatMap((part) => {
    const changes = advice.filter((change) => change.part === part)
    if (asked.includes(part)) return changes.map(sentence)
    const [first] = changes
    if (!first) return []
    const more = changes.length > 1 ? `, and ${changes.length - 1} more` : ''
    return [`--with ${part}  ${qualifiedName(first.table)}: ${first.problem}${more}`]
  })
  return lines.length === 0
    ? ''
    : ['Not planned:', ...lines.map((line) => `  ${line}`), ''].join('\n')
}

function sentence({ table, problem, obstacle }: Change): string {
  return `${qualifiedName(table)}: ${problem}; ${obstacle}`
}

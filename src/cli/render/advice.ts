import { MIGRATION_PARTS, type MigrationPart } from '../../config/migration-part.ts'
import type { PartChange } from '../../migration/part-change.ts'
import { qualifiedName } from '../../sql/quote.ts'
import { wrap } from './wrap.ts'

/** Parts that stay open between tenants as long as they are not planned. */
const OPEN: readonly MigrationPart[] = ['foreign-keys', 'views']

const MOST = 10

/** The list for stderr. */
export function renderAdvice(
  advice: readonly PartChange[],
  asked: readonly MigrationPart[],
  columns: number | undefined,
): string {
  const lines = adviceLines(advice, asked)
  if (lines.length === 0) return ''
  const wrapped = lines.flatMap((line) => wrap(`  ${line}`.split(' '), { columns, indent: 4 }))
  return `${['Not planned:', ...wrapped].join('\n')}\n`
}

/**
 * Writes a line for each decision of the user, and for each way between tenants that stays open; of the
 * rest how much there is, and the flag that plans it.
 */
export function adviceLines(
  advice: readonly PartChange[],
  asked: readonly MigrationPart[],
): string[] {
  return MIGRATION_PARTS.flatMap((part) => {
    const changes = advice.filter((change) => change.part === part)
    if (asked.includes(part)) return changes.map(sentence)
    const shown = changes.slice(0, OPEN.includes(part) ? MOST : 1)
    const left = changes.length - shown.length
    return shown.map(({ table, problem }, index) => {
      const more = left > 0 && index === shown.length - 1 ? `, and ${left} more` : ''
      return `--with ${part}  ${qualifiedName(table)}: ${problem}${more}`
    })
  })
}

function sentence({ table, problem, obstacle }: PartChange): string {
  return `${qualifiedName(table)}: ${problem}; ${obstacle}`
}

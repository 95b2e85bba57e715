import { identifier, qualifiedName } from '../sql/quote.ts'
import type { Listed } from './listed-tables.ts'
import { inferredSource, type Parents, sourceFor, type TenantSource } from './tenant-source.ts'

/** A listed table whose column is there, and has to be filled. */
export interface Fillable extends Listed {
  readonly source: TenantSource
  readonly isInferred?: true
}

/** A column that is there and may be NULL although every row has a tenant. */
export function fillableTable(table: Listed, parents: Parents, problems: string[]): Fillable[] {
  if (table.column.notNull || table.entry.shared) return []
  if (table.column.isGenerated) {
    if (table.entry.backfill === undefined) return []
    const { name } = table.column
    problems.push(
      `${qualifiedName(table.relation)} cannot be filled: ${identifier(name)} is generated from other columns; remove \`backfill\`.`,
    )
    return []
  }
  const source = sourceFor(table, parents)
  if (source && 'reason' in source) {
    problems.push(`${qualifiedName(table.relation)} cannot be filled: ${source.reason}.`)
    return []
  }
  if (source) return [{ ...table, source }]
  const inferred = inferredSource(table.relation, parents)
  if (!inferred || 'reason' in inferred) return []
  return [{ ...table, source: inferred, isInferred: true }]
}

import type { ColumnState, RelationState } from '../catalog/relation-state.ts'

/**
 * Does the column make its value from the row, or ids of its own? Then a default that names the tenant of
 * the statement has no place there. The second is so in the table of the tenants itself: its key is the
 * tenant, and new tenants get a new one.
 */
export function fillsItself(
  { name, isIdentity, isGenerated, default: made }: ColumnState,
  { indexes }: Pick<RelationState, 'indexes'>,
): boolean {
  if (isIdentity || isGenerated) return true
  const isKey = indexes.some(
    ({ isPrimary, columns }) => isPrimary && columns.length === 1 && columns[0] === name,
  )
  return isKey && made !== null
}

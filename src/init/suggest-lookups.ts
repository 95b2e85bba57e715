import type { RelationState } from '../catalog/relation-state.ts'

/** Columns that a request brings before its tenant is known. */
const KEY =
  /^(?:(?:host|domain|subdomain)(?:_?name)?|slug|(?:api_?|token_?)?key(?:_?hash)?|(?:key_?|token_?)?hash)$/i

export interface SuggestedLookup {
  readonly name: string
  readonly table: string
  readonly by: string
}

/** Unique keys of tenant tables that look like a way to the tenant; a suggestion, never a part of the config. */
export function suggestLookups(
  tables: readonly RelationState[],
  labelOf: (table: RelationState) => string,
): SuggestedLookup[] {
  const found = tables.flatMap((table) =>
    table.indexes.flatMap(({ isUnique, isPrimary, isValid, predicate, columns }) => {
      const [by, ...more] = columns
      const isKey = isUnique && !isPrimary && isValid && predicate === null && more.length === 0
      if (!isKey || typeof by !== 'string' || !KEY.test(by)) return []
      return [{ name: nameOf(by), table: labelOf(table), by }]
    }),
  )
  return found.filter(({ name }, index) => found.findIndex((each) => each.name === name) === index)
}

/** `tenantOfKeyHash` */
function nameOf(column: string): string {
  const words = column.split('_').map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
  return `tenantOf${words.join('')}`
}

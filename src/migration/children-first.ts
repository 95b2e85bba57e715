import type { RelationState } from '../catalog/relation-state.ts'
import { qualifiedName } from '../sql/quote.ts'

/**
 * The order in which a transaction locks tables that an application uses meanwhile: an insert locks its
 * own table, then the one that its foreign key leads to. A migration that locks them the
 * other way round deadlocks with it. Tables that refer to each other keep their order.
 */
export function childrenFirst<T extends { readonly relation: RelationState }>(
  tables: readonly T[],
): T[] {
  const byName = new Map(tables.map((table) => [qualifiedName(table.relation), table]))
  const visited = new Set<T>()
  const parentsFirst: T[] = []
  const visit = (table: T) => {
    if (visited.has(table)) return
    visited.add(table)
    for (const { references } of table.relation.foreignKeys) {
      const parent = byName.get(qualifiedName(references))
      if (parent) visit(parent)
    }
    parentsFirst.push(table)
  }
  for (const table of tables.toReversed()) visit(table)
  return parentsFirst.toReversed()
}

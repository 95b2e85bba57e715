import type { ForeignKeyState } from '../catalog/constraint-state.ts'
import type { RelationState } from '../catalog/relation-state.ts'
import type { TableName } from '../sql/table-name.ts'

/** A foreign key of one column. */
export interface Reference {
  readonly column: string
  readonly table: TableName
  readonly key: string
}

export function references(relation: RelationState): Reference[] {
  return ownForeignKeys(relation).flatMap(({ columns, references: table, referencedColumns }) => {
    const [column, ...more] = columns
    const [key] = referencedColumns
    if (column === undefined || key === undefined || more.length > 0) return []
    return [{ column, table, key }]
  })
}

/** Without the keys that PostgreSQL made for partitions: they repeat the key of the parent. */
export function ownForeignKeys({ foreignKeys }: RelationState): ForeignKeyState[] {
  return foreignKeys.filter(({ isPartition }) => !isPartition)
}

/** The most frequent first; ties stay in the order they come in. */
export function commonest(names: readonly string[]): string[] {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts].toSorted(([, a], [, b]) => b - a).map(([name]) => name)
}

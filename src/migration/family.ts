import type { RelationState, Snapshot } from '../catalog/snapshot.ts'
import { qualifiedName } from '../policy/quote.ts'
import type { TableName } from '../table-name.ts'

/** @throws a bug: what is wanted was found in this snapshot. */
export function relationOf({ schema, name }: TableName, { relations }: Snapshot): RelationState {
  const relation = relations.find((r) => r.schema === schema && r.name === name)
  if (!relation) throw new Error(`${schema}.${name} is wanted and not in the snapshot`)
  return relation
}

/** Partitions and inheritance children, and theirs. */
export function descendantsOf(parent: TableName, snapshot: Snapshot): RelationState[] {
  return childrenOf(parent, snapshot).flatMap((child) => [child, ...descendantsOf(child, snapshot)])
}

export function childrenOf(parent: TableName, { relations }: Snapshot): RelationState[] {
  return relations.filter(({ parents }) =>
    parents.some(({ schema, name }) => schema === parent.schema && name === parent.name),
  )
}

/** For `from`: the rows that a foreign key means, which are not those of inheritance children. */
export function rowsOf(table: TableName, snapshot: Snapshot): string {
  const isInherited =
    relationOf(table, snapshot).kind === 'table' && childrenOf(table, snapshot).length > 0
  return `${isInherited ? 'only ' : ''}${qualifiedName(table)}`
}

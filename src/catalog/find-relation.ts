import { qualifiedName } from '../sql/quote.ts'
import type { TableName } from '../sql/table-name.ts'
import { grouped } from '../util/grouped.ts'
import { isTable, type RelationState } from './relation-state.ts'
import type { Snapshot } from './snapshot.ts'

interface Index {
  readonly byName: ReadonlyMap<string, RelationState>
  readonly byParent: ReadonlyMap<string, readonly { readonly relation: RelationState }[]>
}

const indexes = new WeakMap<Snapshot, Index>()

// The index is made once for each snapshot: a search for each table would make large plans quadratic.
function indexOf(snapshot: Snapshot): Index {
  const index = indexes.get(snapshot) ?? createIndex(snapshot)
  indexes.set(snapshot, index)
  return index
}

function createIndex({ relations }: Snapshot): Index {
  const children = relations.flatMap((relation) =>
    relation.parents.map((parent) => ({ relation, parent: qualifiedName(parent) })),
  )
  return {
    byName: new Map(relations.map((relation) => [qualifiedName(relation), relation])),
    byParent: grouped(children, ({ parent }) => parent),
  }
}

export function findRelation(table: TableName, snapshot: Snapshot): RelationState | undefined {
  return indexOf(snapshot).byName.get(qualifiedName(table))
}

/** The relation that a finding names: `public.projects`. */
export function relationNamed(object: string, snapshot: Snapshot): RelationState | undefined {
  return indexOf(snapshot).byName.get(object)
}

/** @throws when the table is not in the snapshot, which is a bug: `resolveWanted` found it there. */
export function relationOf(table: TableName, snapshot: Snapshot): RelationState {
  const relation = findRelation(table, snapshot)
  if (!relation) throw new Error(`${table.schema}.${table.name} is wanted and not in the snapshot`)
  return relation
}

/** Partitions and inheritance children, at every depth. */
export function descendantsOf(parent: TableName, snapshot: Snapshot): RelationState[] {
  return childrenOf(parent, snapshot).flatMap((child) => [child, ...descendantsOf(child, snapshot)])
}

/** The same without foreign tables, which have no row security. */
export function securedDescendants(parent: TableName, snapshot: Snapshot): RelationState[] {
  return childrenOf(parent, snapshot)
    .filter(isTable)
    .flatMap((child) => [child, ...securedDescendants(child, snapshot)])
}

export function childrenOf(parent: TableName, snapshot: Snapshot): readonly RelationState[] {
  const children = indexOf(snapshot).byParent.get(qualifiedName(parent)) ?? []
  return children.map(({ relation }) => relation)
}

/** The table as `from` names it for a foreign key, which does not look at inheritance children. */
export function rowsOf(table: TableName, snapshot: Snapshot): string {
  const isInherited =
    relationOf(table, snapshot).kind === 'table' && childrenOf(table, snapshot).length > 0
  return `${isInherited ? 'only ' : ''}${qualifiedName(table)}`
}

import { descendantsOf } from '../catalog/find-relation.ts'
import type { RelationState } from '../catalog/relation-state.ts'
import type { Snapshot } from '../catalog/snapshot.ts'
import { qualifiedName } from '../sql/quote.ts'
import type { TableName } from '../sql/table-name.ts'

/**
 * The relations whose policies filter what the owner sees, each once. A foreign key of a partitioned table
 * is validated partition by partition, so the partitions count too.
 * https://www.postgresql.org/docs/current/ddl-rowsecurity.html
 */
export function forcedRelations(
  relations: readonly RelationState[],
  snapshot: Snapshot,
): RelationState[] {
  const all = relations.flatMap((relation) => [
    relation,
    ...descendantsOf(relation, snapshot).filter(({ isPartition }) => isPartition),
  ])
  return [...new Set(all)].filter(({ rlsForced }) => rlsForced)
}

export function setForce(table: TableName, how: 'force' | 'no force'): string {
  return `alter table ${qualifiedName(table)} ${how} row level security`
}

/**
 * Lifts FORCE around statements that must see every row. A foreign key is validated by a query, which finds
 * every reference valid when the policies hide the rows from the owner.
 *
 * @param forced see {@link forcedRelations}
 */
export function seeingAllRows(
  forced: readonly TableName[],
  statements: readonly string[],
): string[] {
  return [
    ...forced.map((table) => setForce(table, 'no force')),
    ...statements,
    ...forced.map((table) => setForce(table, 'force')),
  ]
}

import { identifier, qualifiedName } from '../sql/quote.ts'
import { isSameTable } from '../sql/table-name.ts'
import { isView, type RelationState } from './relation-state.ts'

/**
 * The objects that keep PostgreSQL from altering the type of a column: the policies that mention it, and the
 * views that read its table, whichever columns they take.
 *
 * @param relations all relations of the snapshot
 */
export function columnUsers(
  relation: RelationState,
  column: string,
  relations: readonly RelationState[],
): string[] {
  const name = qualifiedName(relation)
  const mentioning = relation.policies.filter(({ usingColumns, checkColumns }) =>
    [...usingColumns, ...checkColumns].includes(column),
  )
  const reading = relations.filter(
    (candidate) => isView(candidate) && candidate.reads.some((read) => isSameTable(read, relation)),
  )
  return [
    ...reading.map((view) => `${view.kind} ${qualifiedName(view)}`),
    ...mentioning.map((policy) => `policy ${identifier(policy.name)} on ${name}`),
  ]
}

import type { Snapshot } from '../catalog/snapshot.ts'
import { identifier, qualifiedName } from '../policy/quote.ts'
import type { TableName } from '../table-name.ts'
import { relationOf } from './family.ts'

/**
 * What PostgreSQL refuses to alter the type of a column for: the policies that mention it, and the views
 * that read its table, whichever columns they take.
 */
export function columnUsers(table: TableName, column: string, snapshot: Snapshot): string[] {
  const name = qualifiedName(table)
  const { policies } = relationOf(table, snapshot)
  const mentioning = policies.filter(({ usingColumns, checkColumns }) =>
    [...usingColumns, ...checkColumns].includes(column),
  )
  const reading = snapshot.relations.filter(
    ({ kind, reads }) =>
      kind.endsWith('view') && reads.some((read) => qualifiedName(read) === name),
  )
  return [
    ...reading.map((view) => `${view.kind} ${qualifiedName(view)}`),
    ...mentioning.map((policy) => `policy ${identifier(policy.name)} on ${name}`),
  ]
}

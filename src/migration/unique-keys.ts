import { indexBody } from '../catalog/index-body.ts'
import type { IndexState } from '../catalog/index-state.ts'
import { isVirtual } from '../catalog/is-virtual.ts'
import { identifier, qualifiedName } from '../sql/quote.ts'
import { isSameSet } from '../util/same-set.ts'
import { isReplaced } from './foreign-keys.ts'
import { DEFERRABLE } from './index-extras.ts'
import type { KeyContext } from './key-context.ts'
import type { PlannedTable } from './part-change.ts'
import { upsertUsers } from './upsert-users.ts'

/** A unique key that spans all tenants. */
export interface GlobalKey {
  readonly entry: PlannedTable
  readonly index: IndexState
  /** The keys of its successor, and what follows them: `(tenant_id, lower(email))`. */
  readonly body: string
  /** A successor that is there already; an invalid one was left by a build that failed. */
  readonly twin: IndexState | undefined
  readonly problem: string
  readonly obstacle: string | undefined
}

export function globalKeys(context: KeyContext): GlobalKey[] {
  return context.entries
    .filter(({ relation }) => !context.tenants.includes(relation))
    .flatMap((entry) =>
      entry.relation.indexes
        .filter((index) => spansTenants(index, entry))
        .map((index) => globalKey(index, entry, context)),
    )
}

function globalKey(index: IndexState, entry: PlannedTable, context: KeyContext): GlobalKey {
  const { table, relation } = entry
  const body = indexBody(index, relation, table.column)
  const name = qualifiedName(relation)
  const replaced = new Set(
    (context.wrongByParent.get(name) ?? [])
      .filter((wrong) => isReplaced(wrong, context))
      .map(({ key }) => key),
  )
  const users = (context.usersByParent.get(name) ?? []).filter(
    ({ key }) => isSameSet(key.referencedColumns, index.columns) && !replaced.has(key),
  )
  return {
    entry,
    index,
    body: body ?? '',
    twin: relation.indexes.find((other) => other.isUnique && indexBody(other, relation) === body),
    problem: `unique key ${identifier(index.name)} spans all tenants`,
    obstacle: obstacleOf(entry, index, {
      body,
      users: users.map(
        ({ relation, key }) => `${identifier(key.name)} of ${qualifiedName(relation)}`,
      ),
      upserts: upsertUsers(index, relation, context.snapshot),
    }),
  }
}

/** The text behind `add constraint …`, for the successor of a key that is a constraint. */
export function constraintUsing(successor: string, { index }: GlobalKey): string {
  const [deferrable = ''] = DEFERRABLE.exec(index.constraintDefinition ?? '') ?? []
  const kind = index.isPrimary ? 'primary key' : 'unique'
  return `${kind} using index ${identifier(successor)}${deferrable.toLowerCase()}`
}

function spansTenants(index: IndexState, { table }: PlannedTable): boolean {
  const { isUnique, isPartition, columns, name } = index
  return (
    isUnique && !isPartition && !columns.includes(table.column) && !table.globalKeys.includes(name)
  )
}

interface KeyUsers {
  readonly body: string | undefined
  readonly users: readonly string[]
  readonly upserts: readonly string[]
}

function obstacleOf(
  { table, relation }: PlannedTable,
  index: IndexState,
  { body, users, upserts }: KeyUsers,
): string | undefined {
  if (table.shared) return 'rows of no tenant have none to be unique in'
  if (isVirtual(relation, table.column)) {
    return `${identifier(table.column)} is virtual, and no key can hold it`
  }
  if (body === undefined) return `it is not a btree: ${index.method}`
  if (index.isReplicaIdentity) return 'it is the replica identity of the table'
  if (users.length > 0) return `these foreign keys use it: ${users.join(', ')}`
  if (upserts.length > 0) return `ON CONFLICT names it in ${upserts.join(', ')}`
  if (index.dependents.length > 0) return `needed by ${index.dependents.join(', ')}`
  return undefined
}

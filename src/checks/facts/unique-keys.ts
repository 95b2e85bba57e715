import { indexBody } from '../../catalog/index-body.ts'
import type { IndexState } from '../../catalog/index-state.ts'
import type { RelationState } from '../../catalog/relation-state.ts'
import type { TenantTable } from '../../policy/tenant-table.ts'
import { identifier, qualifiedName } from '../../sql/quote.ts'
import { grouped } from '../../util/grouped.ts'
import { isSameSet } from '../../util/same-set.ts'
import type { TenantTableState } from '../../wanted/tenant-table-state.ts'
import type { CheckContext } from './context.ts'
import { newIndexName } from './index-names.ts'
import { once } from './once.ts'
import { decision, statements, withRemarks } from './statements.ts'

const foreignKeys = once(({ snapshot }: CheckContext) =>
  grouped(
    snapshot.relations.flatMap((relation) =>
      relation.foreignKeys
        .filter(({ isPartition }) => !isPartition)
        .map((key) => ({ relation, key })),
    ),
    ({ key }) => qualifiedName(key.references),
  ),
)

/** Lets each tenant have its own values: the same key under the same name, with the tenant in front. */
export function withTenantInFront(
  index: IndexState,
  state: TenantTableState,
  context: CheckContext,
): string {
  const { table, relation } = state
  const body = indexBody(index, relation, table.column)
  const users = usersOf(index, relation, context)
  if (users.length > 0) {
    return decision(
      `First let the foreign keys that use it include the tenant: ${users.join(', ')}.`,
      '`kysely-tenants migrate:rls --with foreign-keys,unique-keys` does both.',
    )
  }
  const obstacle = obstacleOf(index, table, body)
  if (body === undefined || obstacle !== undefined) {
    return decision(
      `Create ${index.name} again with ${identifier(table.column)} as its first key.`,
      `It cannot be done without a decision: ${obstacle}.`,
    )
  }
  return withRemarks(replace(index, { relation, body, tenant: table.column }, context), [
    `From then on \`on conflict (${index.keys.join(', ')})\` has to name ${identifier(table.column)} too.`,
    'Writes wait until the key is built; `kysely-tenants migrate:rls --with unique-keys` builds it beside them.',
  ])
}

/** The foreign keys that refer to exactly these columns: those of another key do not matter. */
function usersOf(index: IndexState, relation: RelationState, context: CheckContext): string[] {
  const keys = foreignKeys(context).get(qualifiedName(relation)) ?? []
  return keys
    .filter(({ key }) => isSameSet(key.referencedColumns, index.columns))
    .map((user) => `${identifier(user.key.name)} of ${qualifiedName(user.relation)}`)
}

function obstacleOf(
  index: IndexState,
  { shared }: TenantTable,
  body: string | undefined,
): string | undefined {
  if (body === undefined) return `it is not a btree: ${index.method}`
  if (shared) return 'the rows of no tenant would no longer be unique'
  if (index.isReplicaIdentity) return 'it is the replica identity of the table'
  if (index.dependents.length > 0) return `it is needed by ${index.dependents.join(', ')}`
  return undefined
}

interface Successor {
  readonly relation: RelationState
  readonly body: string
  readonly tenant: string
}

function replace(
  { name, columns, constraint, constraintDefinition }: IndexState,
  { relation, body, tenant }: Successor,
  context: CheckContext,
): string {
  const table = qualifiedName(relation)
  if (constraint !== null && constraintDefinition !== null) {
    const [kind = '', ...keys] = constraintDefinition.split('(')
    const definition = `${kind.toLowerCase()}(${identifier(tenant)}, ${keys.join('(')}`
    return [
      `alter table ${table} drop constraint if exists ${identifier(constraint)},`,
      `  add constraint ${identifier(constraint)} ${definition}`,
    ].join('\n')
  }
  const temporary = newIndexName(relation, [tenant, ...columns], context)
  const named = (index: string) => qualifiedName({ schema: relation.schema, name: index })
  return statements([
    `create unique index if not exists ${identifier(temporary)} on ${table} ${body}`,
    `drop index if exists ${named(name)}`,
    `alter index ${named(temporary)} rename to ${identifier(name)}`,
  ])
}

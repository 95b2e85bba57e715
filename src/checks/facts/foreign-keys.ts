import type { ForeignKeyState } from '../../catalog/constraint-state.ts'
import { isReferable } from '../../catalog/index-body.ts'
import type { RelationState } from '../../catalog/relation-state.ts'
import type { Snapshot } from '../../catalog/snapshot.ts'
import { forcedRelations, seeingAllRows } from '../../policy/all-rows.ts'
import { foreignKeyObstacle } from '../../policy/foreign-key-obstacle.ts'
import { tenantForeignKey } from '../../policy/tenant-foreign-key.ts'
import { identifier, qualifiedName } from '../../sql/quote.ts'
import type { TenantTableState } from '../../wanted/tenant-table-state.ts'
import type { CheckContext } from './context.ts'
import { newIndexName } from './index-names.ts'
import { decision, statements } from './statements.ts'

interface Ends {
  readonly child: TenantTableState
  readonly parent: TenantTableState
}

/** Creates the key again: with the tenant, and without actions that change the tenant of a row. */
export function addTenant(
  key: ForeignKeyState,
  { child, parent }: Ends,
  context: CheckContext,
): string {
  const { serverVersion } = context.snapshot
  const wanted = tenantForeignKey(key, { child: child.table, parent: parent.table, serverVersion })
  const obstacle =
    foreignKeyObstacle({ child, parent, key, wanted }, serverVersion) ??
    partitionObstacle(parent.relation, wanted.referencedColumns)
  if (obstacle !== undefined) {
    return decision(
      `${key.name} cannot be replaced without a decision: ${obstacle}.`,
      `A key with the tenant is: ${wanted.definition.replaceAll(/\n +/g, ' ')}`,
    )
  }
  const name = identifier(key.name)
  return statements([
    ...referencedKey(parent.relation, wanted.referencedColumns, context),
    ...validatedWith(
      [child.relation, parent.relation],
      [
        `alter table ${qualifiedName(child.relation)} drop constraint if exists ${name},`,
        `  add constraint ${name} ${wanted.definition}`,
      ].join('\n'),
      context.snapshot,
    ),
  ])
}

/** The statement, ready for an owner under FORCE, who would otherwise validate the key without looking. */
export function validatedWith(
  relations: readonly RelationState[],
  statement: string,
  snapshot: Snapshot,
): string[] {
  return seeingAllRows(forcedRelations(relations, snapshot), [statement])
}

function referencedKey(
  parent: RelationState,
  columns: readonly string[],
  context: CheckContext,
): string[] {
  if (parent.indexes.some((index) => isReferable(index, columns))) return []
  const name = identifier(newIndexName(parent, columns, context))
  const keys = columns.map(identifier).join(', ')
  return [`create unique index if not exists ${name} on ${qualifiedName(parent)} (${keys})`]
}

function partitionObstacle(
  { partitionKey, indexes }: RelationState,
  columns: readonly string[],
): string | undefined {
  if (indexes.some((index) => isReferable(index, columns))) return undefined
  return partitionKey.every((column) => column !== null && columns.includes(column))
    ? undefined
    : 'a key of the partitioned table that it refers to needs the columns by which that is partitioned'
}

import type { ForeignKeyState } from '../../catalog/constraint-state.ts'
import type { RelationState } from '../../catalog/relation-state.ts'
import type { Snapshot } from '../../catalog/snapshot.ts'
import { forcedRelations, seeingAllRows } from '../../policy/all-rows.ts'
import { tenantForeignKey } from '../../policy/tenant-foreign-key.ts'
import { identifier, qualifiedName } from '../../sql/quote.ts'
import type { TenantTableState } from '../../wanted/tenant-table-state.ts'
import { statements } from './statements.ts'

interface Ends {
  readonly child: TenantTableState
  readonly parent: TenantTableState
  readonly snapshot: Snapshot
}

/** Creates the key again: with the tenant, and without actions that change the tenant of a row. */
export function addTenant(key: ForeignKeyState, { child, parent, snapshot }: Ends): string {
  const { columns, referencedColumns, definition } = tenantForeignKey(key, {
    child: child.table,
    parent: parent.table,
    serverVersion: snapshot.serverVersion,
  })
  if (columns.length === 1) {
    return `-- ${key.name} refers to the tenant itself: decide whether it may be another one, and what deleting it does.`
  }
  const name = identifier(key.name)
  return statements([
    ...(hasKey(parent, referencedColumns)
      ? []
      : [
          `create unique index on ${qualifiedName(parent.relation)} (${referencedColumns.map(identifier).join(', ')})`,
        ]),
    ...validatedWith(
      [child.relation, parent.relation],
      [
        `alter table ${qualifiedName(child.relation)} drop constraint ${name},`,
        `  add constraint ${name} ${definition}`,
      ].join('\n'),
      snapshot,
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

function hasKey({ relation }: TenantTableState, columns: readonly string[]): boolean {
  return relation.indexes.some(
    (index) =>
      index.isUnique &&
      index.isValid &&
      index.predicate === null &&
      index.columns.length === columns.length &&
      columns.every((column) => index.columns.includes(column)),
  )
}

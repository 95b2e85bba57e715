import type { ForeignKeyState } from '../../catalog/constraint-state.ts'
import type { RelationState } from '../../catalog/relation-state.ts'
import { tenantForeignKey } from '../../policy/tenant-foreign-key.ts'
import { identifier, qualifiedName } from '../../sql/quote.ts'
import type { TenantTableState } from '../../wanted/tenant-table-state.ts'
import { statements } from './statements.ts'

interface Ends {
  readonly child: TenantTableState
  readonly parent: TenantTableState
  readonly serverVersion: number
}

/** Creates the key again: with the tenant, and without actions that change the tenant of a row. */
export function addTenant(key: ForeignKeyState, { child, parent, serverVersion }: Ends): string {
  const { columns, referencedColumns, definition } = tenantForeignKey(key, {
    child: child.table,
    parent: parent.table,
    serverVersion,
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
    ...seeingAllRows(
      [child.relation, parent.relation],
      [
        `alter table ${qualifiedName(child.relation)} drop constraint ${name},`,
        `  add constraint ${name} ${definition}`,
      ].join('\n'),
    ),
  ])
}

/** A forced owner sees no rows, and would find every reference valid. */
export function seeingAllRows(relations: readonly RelationState[], statement: string): string[] {
  const forced = [...new Set(relations)].filter(({ rlsForced }) => rlsForced)
  const force = (how: string) =>
    forced.map((relation) => `alter table ${qualifiedName(relation)} ${how} row level security`)
  return [...force('no force'), statement, ...force('force')]
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

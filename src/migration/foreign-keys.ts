import type { ForeignKeyState } from '../catalog/constraint-state.ts'
import { foreignKeyObstacle } from '../policy/foreign-key-obstacle.ts'
import { type TenantForeignKey, tenantForeignKey } from '../policy/tenant-foreign-key.ts'
import { identifier, qualifiedName } from '../sql/quote.ts'
import { entryOf, type PartContext, type PlannedTable } from './part-change.ts'

/** A foreign key between tenant tables that is not as it should be, and what it should be. */
export interface WrongForeignKey {
  readonly child: PlannedTable
  readonly parent: PlannedTable
  readonly key: ForeignKeyState
  readonly wanted: TenantForeignKey
  /** It is there already, beside the wrong one. */
  readonly successor: ForeignKeyState | undefined
  readonly problem: string
  /** The reason why only the user can decide about it. */
  readonly obstacle: string | undefined
}

/**
 * Those that may lead to another tenant, and those that lose or change the tenant of a row. Rows that
 * all tenants share may be referred to by all of them.
 */
export function wrongForeignKeys(context: PartContext): WrongForeignKey[] {
  const { serverVersion } = context.snapshot
  return context.entries.flatMap((child) =>
    child.relation.foreignKeys.flatMap((key) => {
      const parent = entryOf(key.references, context)
      if (!parent || parent.table.shared || key.isPartition) return []
      const problem = problemOf(key, child, parent)
      if (problem === undefined) return []
      const wanted = tenantForeignKey(key, {
        child: child.table,
        parent: parent.table,
        serverVersion,
      })
      const successor = child.relation.foreignKeys.find(
        (other) => other !== key && isSuccessor(other, key, wanted),
      )
      const found = { child, parent, key, wanted, successor, problem }
      return [{ ...found, obstacle: foreignKeyObstacle(found, serverVersion) }]
    }),
  )
}

/** The plan replaces it. */
export function isReplaced({ obstacle }: WrongForeignKey, { parts }: PartContext): boolean {
  return obstacle === undefined && parts.includes('foreign-keys')
}

function problemOf(
  key: ForeignKeyState,
  child: PlannedTable,
  parent: PlannedTable,
): string | undefined {
  const { column } = child.table
  const holdsTenant = key.columns.some(
    (name, index) => name === column && key.referencedColumns[index] === parent.table.column,
  )
  const name = `foreign key ${identifier(key.name)}`
  if (!holdsTenant) {
    return `${name} may lead to a row of another tenant in ${qualifiedName(parent.table)}`
  }
  const { onDelete, onDeleteColumns, onUpdate } = key
  const isNamed = onDeleteColumns.length === 0 || onDeleteColumns.includes(column)
  const sets = ['set null', 'set default']
  const changes = (sets.includes(onDelete) && isNamed) || [...sets, 'cascade'].includes(onUpdate)
  return changes ? `${name} changes the tenant of a row` : undefined
}

/** It refuses what the new one would, and does with the rows what the old one does. */
function isSuccessor(
  other: ForeignKeyState,
  key: ForeignKeyState,
  { columns, referencedColumns }: TenantForeignKey,
): boolean {
  const pairs = (list: readonly string[], others: readonly string[]) =>
    list.map((column, index) => `${column}\n${others[index]}`).toSorted()
  const own = columns.slice(1)
  const sets = key.onDelete === 'set null' || key.onDelete === 'set default'
  const named = sets ? (key.onDeleteColumns.length > 0 ? key.onDeleteColumns : own) : []
  const isSameList = (a: readonly string[], b: readonly string[]) =>
    JSON.stringify(a.toSorted()) === JSON.stringify(b.toSorted())
  return (
    !other.isPartition &&
    other.isEnforced &&
    other.references.schema === key.references.schema &&
    other.references.name === key.references.name &&
    isSameList(pairs(other.columns, other.referencedColumns), pairs(columns, referencedColumns)) &&
    other.onDelete === key.onDelete &&
    isSameList(other.onDeleteColumns, named) &&
    (other.onUpdate === 'no action' || other.onUpdate === 'restrict') &&
    other.deferrable === key.deferrable &&
    other.deferred === key.deferred
  )
}

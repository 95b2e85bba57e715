import type { ForeignKeyState } from '../catalog/constraint-state.ts'
import { isVirtual } from '../catalog/is-virtual.ts'
import type { RelationState } from '../catalog/relation-state.ts'
import { identifier, qualifiedName } from '../sql/quote.ts'
import type { TenantForeignKey } from './tenant-foreign-key.ts'
import type { TenantTable } from './tenant-table.ts'

const COMPARABLE = [
  ['integer', 'bigint'],
  ['text', 'varchar'],
]

interface End {
  readonly table: TenantTable
  readonly relation: RelationState
}

interface Replacement {
  readonly child: End
  readonly parent: End
  readonly key: ForeignKeyState
  readonly wanted: TenantForeignKey
}

/** The reason why only the user can decide what becomes of a foreign key without its tenant. */
export function foreignKeyObstacle(
  { child, parent, key, wanted }: Replacement,
  serverVersion: number,
): string | undefined {
  const types = [child.table.type, parent.table.type]
  const isComparable =
    types[0] === types[1] || COMPARABLE.some((group) => types.every((t) => group.includes(t)))
  const isNullable = (column: string) =>
    child.relation.columns.some(({ name, notNull }) => name === column && !notNull)
  const sets = key.onDelete === 'set null' || key.onDelete === 'set default'
  const tellsTenant = key.referencedColumns.includes(parent.table.column)

  if (wanted.columns.length === 1 || (tellsTenant && !key.columns.includes(child.table.column))) {
    return 'it refers to the tenant itself: decide whether it may be another one'
  }
  if (child.table.shared) return 'rows of no tenant would not be checked any more'
  const virtual = [child, parent].find(hasVirtualTenant)
  if (virtual) {
    return `${identifier(virtual.table.column)} of ${qualifiedName(virtual.relation)} is virtual, and no key can hold it`
  }
  if (!isComparable) return `the tenants are ${types.join(' and ')}`
  if (!key.isEnforced) return 'it is NOT ENFORCED'
  if (key.isTemporal) return 'it has a PERIOD'
  if (key.match === 'full' && key.columns.length > 1 && key.columns.some(isNullable)) {
    return 'it is MATCH FULL, and a tenant beside a NULL would be refused'
  }
  if (sets && serverVersion < 150000) {
    return `before PostgreSQL 15, ON DELETE ${key.onDelete.toUpperCase()} would change the tenant too: choose RESTRICT or CASCADE`
  }
  return undefined
}

function hasVirtualTenant({ table, relation }: End): boolean {
  return isVirtual(relation, table.column)
}

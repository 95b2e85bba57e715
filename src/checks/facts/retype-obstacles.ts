import type { ForeignKeyState } from '../../catalog/constraint-state.ts'
import { type ColumnState, isView, type RelationState } from '../../catalog/relation-state.ts'
import { BASE_TYPES, type TenantType } from '../../config/tenant-setting.ts'
import { tenantPolicies } from '../../policy/tenant-policies.ts'
import { identifier, qualifiedName } from '../../sql/quote.ts'
import type { TableName } from '../../sql/table-name.ts'
import type { TenantTableState } from '../../wanted/tenant-table-state.ts'
import type { CheckContext } from './context.ts'

interface Retyping {
  readonly column: ColumnState
  readonly type: TenantType
}

/** Objects that keep PostgreSQL from altering the type of a column, and that no snapshot can recreate. */
export function keepsFromRetyping(
  family: readonly TenantTableState[],
  { column, type }: Retyping,
  { snapshot }: CheckContext,
): string[] {
  const names = new Set(family.map(({ relation }) => qualifiedName(relation)))
  const isOurs = (table: TableName) => names.has(qualifiedName(table))
  const readers = snapshot.relations.filter(
    (relation) => isView(relation) && relation.reads.some(isOurs),
  )
  return [
    ...family.flatMap((state) => shapeOf(state, column, isOurs)),
    ...readers.map((view) => `drop ${view.kind} ${qualifiedName(view)}, and make it again`),
    ...family.flatMap((state) => ownPoliciesOn(state, column.name)),
    ...snapshot.relations.flatMap((relation) => policiesLookingAt(relation, isOurs)),
    ...(isComparable(column, type)
      ? []
      : snapshot.relations.flatMap((r) => keysWith(r, column.name, isOurs))),
  ]
}

function shapeOf(
  { relation }: TenantTableState,
  { name, isIdentity }: ColumnState,
  isOurs: (table: TableName) => boolean,
): string[] {
  const table = qualifiedName(relation)
  return [
    ...(relation.partitionKey.includes(name)
      ? [`make ${table} anew: it is partitioned by ${identifier(name)}`]
      : []),
    ...(isIdentity ? [`drop the identity of ${table}.${identifier(name)}`] : []),
    ...relation.parents
      .filter((parent) => !isOurs(parent))
      .map((parent) => `alter ${qualifiedName(parent)} instead, from which ${table} inherits`),
  ]
}

function ownPoliciesOn({ table, relation }: TenantTableState, column: string): string[] {
  const names = tenantPolicies(table).map(({ name }) => name)
  return relation.policies
    .filter(
      ({ name, usingColumns, checkColumns }) =>
        !names.includes(name) && [...usingColumns, ...checkColumns].includes(column),
    )
    .map(({ name }) => dropAndWrite(name, relation))
}

function policiesLookingAt(relation: RelationState, isOurs: (t: TableName) => boolean): string[] {
  return relation.policies
    .filter((policy) => !isOurs(relation) && policy.relations.some(isOurs))
    .map(({ name }) => dropAndWrite(name, relation))
}

function dropAndWrite(policy: string, relation: RelationState): string {
  return `drop policy ${identifier(policy)} on ${qualifiedName(relation)}, and write it for the new type`
}

/** Foreign keys between the old type and the new one hold. */
function isComparable({ baseType }: ColumnState, type: TenantType): boolean {
  const FAMILIES: readonly (readonly string[])[] = [
    ['int2', 'int4', 'int8'],
    ['text', 'varchar'],
  ]
  return FAMILIES.some((f) => f.includes(baseType) && f.includes(BASE_TYPES[type]))
}

function keysWith(
  relation: RelationState,
  column: string,
  isOurs: (table: TableName) => boolean,
): string[] {
  const holds = ({ columns, references, referencedColumns }: ForeignKeyState) =>
    (isOurs(relation) && columns.includes(column)) ||
    (isOurs(references) && referencedColumns.includes(column))
  return relation.foreignKeys
    .filter((key) => !key.isPartition && holds(key))
    .map(
      ({ name }) =>
        `drop constraint ${identifier(name)} on ${qualifiedName(relation)}, and add it when both sides have the new type`,
    )
}

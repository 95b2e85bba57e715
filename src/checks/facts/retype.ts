import type { ColumnState, RelationState } from '../../catalog/relation-state.ts'
import type { TenantType } from '../../config/tenant-setting.ts'
import { currentTenant } from '../../policy/current-tenant.ts'
import { dropPolicy, tenantPolicies } from '../../policy/tenant-policies.ts'
import type { TenantTable } from '../../policy/tenant-table.ts'
import { identifier, qualifiedName } from '../../sql/quote.ts'
import type { TenantTableState } from '../../wanted/tenant-table-state.ts'
import type { MistypedColumn } from '../../wanted/wanted.ts'
import { checkedTables } from './checked-tables.ts'
import type { CheckContext } from './context.ts'
import { createPolicies } from './protection.ts'
import { keepsFromRetyping } from './retype-obstacles.ts'
import { statements } from './statements.ts'

export interface TypeChange {
  /** The table, its partitions and children, as they will be: with the policies that are in the way. */
  readonly families: readonly {
    readonly table: TenantTable
    readonly policies: readonly string[]
  }[]
  /** The old value as one of the new type. */
  readonly value: string
  /** The new default: an expression, that of the tenant, or none. */
  readonly default: string | 'tenant' | null
}

/**
 * PostgreSQL alters no column that a policy mentions, and the old default cannot be cast. While the
 * policies are away, row security denies every row.
 * https://www.postgresql.org/docs/current/sql-altertable.html
 */
export function changeType(root: TenantTable, change: TypeChange): string {
  const column = `alter table ${qualifiedName(root)} alter column ${identifier(root.column)}`
  const preset = change.default === 'tenant' ? currentTenant(root).sql : change.default
  return statements([
    ...change.families.flatMap(({ table, policies }) =>
      policies.map((p) => dropPolicy(table, p, { ifExists: true })),
    ),
    ...(preset === null ? [] : [`${column} drop default`]),
    `${column} type ${root.type} using ${change.value}`,
    ...(preset === null ? [] : [`${column} set default ${preset}`]),
    ...change.families
      .filter(({ policies }) => policies.length > 0)
      .map(({ table, policies }) =>
        createPolicies(
          table,
          tenantPolicies(table).filter(({ name }) => policies.includes(name)),
        ),
      ),
  ])
}

/** The statements that give the column the wanted type and create the policies of the tool again. */
export function retype(mistyped: MistypedColumn, context: CheckContext): string {
  const { wanted: type } = mistyped
  if (!type) return '-- Say which type the tenant has: `tenant.type` in the config.'
  const family = familyOf(mistyped, context)
  const [root] = family
  const column = root?.relation.columns.find(({ name }) => name === mistyped.column)
  if (!root || !column) throw new Error(`${qualifiedName(mistyped)} is not in the snapshot`)

  const families = family.map((state) => ({
    table: { ...state.table, type, isDomain: false },
    policies: policiesInTheWay(state),
  }))
  const table = { ...root.table, type, isDomain: false }
  const change = {
    families,
    value: valueAs(type, column),
    default: newDefault(column, table, root),
  }
  const obstacles = keepsFromRetyping(family, { column, type }, context)
  return [...obstacles.map((what) => `-- First: ${what}.`), changeType(table, change)].join('\n')
}

function familyOf(root: MistypedColumn, context: CheckContext): TenantTableState[] {
  const names = new Set([qualifiedName(root)])
  const states = checkedTables(context)
  const own = states.filter(({ relation }) => names.has(qualifiedName(relation)))
  // Each parent comes before its children.
  const children = states.filter(({ relation }) => {
    const isChild = relation.parents.some((parent) => names.has(qualifiedName(parent)))
    if (isChild) names.add(qualifiedName(relation))
    return isChild
  })
  return [...own, ...children]
}

/** The policies on the column that have names of the tool, which can create them again. */
function policiesInTheWay({ table, relation }: TenantTableState): string[] {
  const names = tenantPolicies(table).map(({ name }) => name)
  return relation.policies
    .filter(({ usingColumns, checkColumns }) =>
      [...usingColumns, ...checkColumns].includes(table.column),
    )
    .flatMap(({ name }) => (names.includes(name) ? [name] : []))
}

// Through text, what does not fit is refused; a cast between numbers would round it to another tenant.
function valueAs(type: TenantType, { name, baseType }: ColumnState): string {
  const column = identifier(name)
  const text = baseType === 'numeric' ? `pg_catalog.trim_scale(${column})::text` : `${column}::text`
  return type === 'text' ? text : `${text}::${type}`
}

function newDefault(
  column: ColumnState,
  { setting, type }: TenantTable,
  { relation }: TenantTableState,
): TypeChange['default'] {
  if (column.default === null) return null
  if (column.default.includes(setting) || !isOnlyKey(column, relation)) return 'tenant'
  // The table of the tenants itself makes their ids.
  return `(${column.default})::text::${type}`
}

function isOnlyKey({ name }: ColumnState, { indexes }: RelationState): boolean {
  return indexes.some(
    ({ isPrimary, columns }) => isPrimary && columns.length === 1 && columns[0] === name,
  )
}

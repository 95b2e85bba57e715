import type { ColumnState } from '../catalog/relation-state.ts'
import { BASE_TYPES, type TenantType } from '../config/tenant-setting.ts'
import { qualifiedName } from '../sql/quote.ts'
import type { TableName } from '../sql/table-name.ts'
import { fillInRounds } from './fill-in-rounds.ts'
import {
  inferredSource,
  type Parent,
  type Parents,
  sourceFor,
  type TableWithoutColumn,
  type TenantSource,
} from './tenant-source.ts'

/** A table that gets its column by a migration. */
export interface FilledTable extends TableWithoutColumn {
  readonly column: ColumnState
  readonly source: TenantSource
}

export interface UnfilledTable extends TableWithoutColumn {
  /** Absent: no source of its tenants is known. */
  readonly reason?: string
}

interface Found {
  readonly filled: readonly FilledTable[]
  readonly unfilled: readonly UnfilledTable[]
  /** With the tables that are filled. */
  readonly parents: Parents
}

/**
 * Finds for each table the tenants of its rows: the constant or the parent that the config names, else
 * the one tenant table that a foreign key without NULL leads to. Several of them are left to the user.
 *
 * @param type what `tenant.type` says
 */
export function findTenantFills(
  withoutColumn: readonly TableWithoutColumn[],
  parents: Parents,
  type: TenantType | undefined,
): Found {
  const rounds = fillInRounds(withoutColumn, {
    parents,
    fill: (table, known): FilledTable | undefined => {
      const verdict = judge(table, known, type)
      return 'source' in verdict ? verdict : undefined
    },
    asParent: ({ relation: { schema, name }, column }): Parent => ({ schema, name, column }),
  })
  const unfilled = rounds.left.flatMap((table) => {
    const verdict = judge(table, rounds.parents, type)
    return 'source' in verdict ? [] : verdict
  })
  return { filled: rounds.filled, unfilled, parents: rounds.parents }
}

/** In an order that fills a parent before the tables that take their tenants from it. */
export function parentsFirst<
  T extends { readonly relation: TableName; readonly source: TenantSource },
>(tables: readonly T[]): T[] {
  const byName = new Map(tables.map((table) => [qualifiedName(table.relation), table]))
  const ordered = new Set<T>()
  const visit = (table: T, path: readonly T[]) => {
    // Two that take from each other: whichever comes first.
    if (ordered.has(table) || path.includes(table)) return
    const { source } = table
    const parent = 'parent' in source ? byName.get(qualifiedName(source.parent)) : undefined
    if (parent) visit(parent, [...path, table])
    ordered.add(table)
  }
  for (const table of tables) visit(table, [])
  return [...ordered]
}

function judge(
  table: TableWithoutColumn,
  parents: Parents,
  type: TenantType | undefined,
): FilledTable | UnfilledTable {
  const { entry, relation } = table
  const source = entry.backfill ? sourceFor(table, parents) : inferredSource(relation, parents)
  if (!source || 'reason' in source) return { ...table, ...source }
  if ('parent' in source) {
    const column = parents.get(qualifiedName(source.parent))?.column
    return column ? { ...table, source, column: newColumn(entry.column, column) } : table
  }
  const column = constantType(parents, type)
  return column
    ? { ...table, source, column: newColumn(entry.column, column) }
    : { ...table, reason: 'name the type of the column: tenant.type' }
}

/** The type of all the others, or the one of the config. */
function constantType(parents: Parents, type: TenantType | undefined): ColumnState | undefined {
  const [first, ...others] = [...parents.values()].map(({ column }) => column)
  if (first && others.every((column) => column.type === first.type)) return first
  return type && { ...BASE, type, plainType: type, baseType: BASE_TYPES[type] }
}

const BASE = {
  name: '',
  isDomain: false,
  notNull: false,
  default: null,
  defaultFunctions: [],
  defaultSequences: [],
  isIdentity: false,
  isGenerated: false,
  isVirtual: false,
  equality: 'pg_catalog',
}

function newColumn(name: string, of: ColumnState): ColumnState {
  const { type, baseType, plainType, isDomain } = of
  return { ...BASE, name, type, baseType, plainType, isDomain }
}

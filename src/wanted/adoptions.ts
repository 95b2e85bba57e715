import type { ColumnState } from '../catalog/relation-state.ts'
import { BASE_TYPES, type TenantType } from '../config/tenant-setting.ts'
import { qualifiedName } from '../sql/quote.ts'
import type { TableName } from '../sql/table-name.ts'
import {
  inferredSource,
  type Orphan,
  type Parent,
  type ParentSource,
  type Parents,
  parentsByName,
  sourceFor,
  type TenantSource,
} from './tenant-source.ts'

export interface Adopted extends Orphan {
  readonly column: ColumnState
  readonly source: TenantSource
}

export interface NotAdopted extends Orphan {
  /** Absent: nothing says where its tenants could come from. */
  readonly reason?: string
}

interface Known {
  readonly parents: Parents
  /** What `tenant.type` says. */
  readonly type: TenantType | undefined
}

/**
 * Finds for each table the tenants of its rows: the constant or the parent that the config names, else
 * the one tenant table that a foreign key without NULL leads to. Parents may have been adopted
 * themselves: the shortest path to a table with the column decides, and the result is in their order.
 */
export function findAdoptions(
  orphans: readonly Orphan[],
  { parents, type }: Known,
): { adopted: Adopted[]; notAdopted: NotAdopted[] } {
  const verdicts = orphans.map((orphan) => judge(orphan, { parents, type }))
  const adopted = verdicts.filter((verdict) => 'source' in verdict)
  const left = verdicts.filter((verdict) => !('source' in verdict))
  if (adopted.length === 0) return { adopted: [], notAdopted: left }

  const more = findAdoptions(
    left.map(({ entry, relation }) => ({ entry, relation })),
    {
      parents: parentsByName([
        ...parents.values(),
        ...adopted.map(({ relation, column }) => parent(relation, column)),
      ]),
      type,
    },
  )
  return { adopted: [...adopted, ...more.adopted], notAdopted: more.notAdopted }
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

function judge(orphan: Orphan, { parents, type }: Known): Adopted | NotAdopted {
  const { entry, relation } = orphan
  if (entry.backfill) {
    const source = sourceFor(orphan, parents)
    if (!source || 'reason' in source) return { ...orphan, ...source }
    const column = 'tenant' in source ? constantType(parents, type) : typeOf(source, parents)
    return column
      ? { ...orphan, source, column: newColumn(entry.column, column) }
      : { ...orphan, reason: 'name the type of the column: tenant.type' }
  }
  const source = inferredSource(relation, parents)
  if (!source || 'reason' in source) return { ...orphan, ...source }
  const column = typeOf(source, parents)
  return column ? { ...orphan, source, column: newColumn(entry.column, column) } : orphan
}

function typeOf({ parent }: ParentSource, parents: Parents): ColumnState | undefined {
  return parents.get(qualifiedName(parent))?.column
}

/** The type of all the others, or the one of the config. */
function constantType(parents: Parents, type: TenantType | undefined): ColumnState | undefined {
  const [first, ...others] = [...parents.values()].map(({ column }) => column)
  if (first && others.every((column) => column.type === first.type)) return first
  return type && { ...BASE, type, baseType: BASE_TYPES[type] }
}

const BASE = {
  ...{ name: '', isDomain: false, notNull: false, default: null, defaultFunctions: [] },
  isIdentity: false,
}

function newColumn(name: string, { type, baseType, isDomain }: ColumnState): ColumnState {
  return { ...BASE, name, type, baseType, isDomain }
}

function parent({ schema, name }: TableName, column: ColumnState): Parent {
  return { schema, name, column }
}

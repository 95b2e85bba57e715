import type { ForeignKeyState } from '../catalog/constraint-state.ts'
import type { ColumnState, RelationState } from '../catalog/relation-state.ts'
import type { ConfigTable } from '../config/config.ts'
import { qualifiedName } from '../sql/quote.ts'
import type { TableName } from '../sql/table-name.ts'
import { isNotNull, keysTo } from './fill-in-rounds.ts'

/** Where the tenants of the rows that are there come from. */
export type TenantSource =
  | { readonly tenant: string }
  | {
      readonly parent: TableName
      /** The tenant column of the parent. */
      readonly column: string
      /** Column of the child → column of the parent. */
      readonly on: readonly (readonly [string, string])[]
    }

/** A listed table that has no tenant column. */
export interface TableWithoutColumn {
  readonly entry: ConfigTable
  readonly relation: RelationState
}

/** A tenant table whose column is known: a possible parent. */
export interface Parent extends TableName {
  readonly column: ColumnState
}

/** By qualified name. */
export type Parents = ReadonlyMap<string, Parent>

export function parentsByName(parents: readonly Parent[]): Parents {
  // Backwards: of a table that is listed twice, the first entry counts.
  return new Map(parents.toReversed().map((parent) => [qualifiedName(parent), parent]))
}

/** The source that the config names for a table that has the column, but not yet all its tenants. */
export function sourceFor(
  { entry, relation }: TableWithoutColumn,
  parents: Parents,
): TenantSource | { readonly reason: string } | undefined {
  const { backfill } = entry
  if (backfill === undefined || 'tenant' in backfill) return backfill
  const candidates = sourcesOf(relation, parents).filter(
    ({ parent: { schema, name } }) =>
      name === backfill.parent.name && (backfill.parent.schema ?? schema) === schema,
  )
  if (candidates.length === 1 && candidates[0]) return candidates[0]
  return {
    reason: `${candidates.length === 0 ? 'no foreign key leads' : 'more than one foreign key leads'} to ${backfill.parent.name}`,
  }
}

/** The only tenant table that a foreign key without NULL leads to; undefined when there is none. */
export function inferredSource(
  relation: RelationState,
  parents: Parents,
): ParentSource | { readonly reason: string } | undefined {
  const candidates = sourcesOf(relation, parents, (key) => isNotNull(relation, key))
  if (candidates.length < 2) return candidates[0]
  const names = candidates.map(({ parent }) => qualifiedName(parent)).join(', ')
  return { reason: `its tenants could come from ${names}` }
}

export type ParentSource = Extract<TenantSource, { parent: TableName }>

function sourcesOf(
  relation: RelationState,
  parents: Parents,
  isWanted: (key: ForeignKeyState) => boolean = () => true,
): ParentSource[] {
  return keysTo(relation, parents)
    .filter(isWanted)
    .flatMap((key) => {
      const found = parents.get(qualifiedName(key.references))
      // A key on the tenant itself: the table has its tenant column, under another name.
      if (!found || key.referencedColumns.includes(found.column.name)) return []
      const on = key.columns.map(
        (column, index) => [column, key.referencedColumns[index] ?? column] as const,
      )
      const { schema, name } = found
      return [{ parent: { schema, name }, column: found.column.name, on }]
    })
}

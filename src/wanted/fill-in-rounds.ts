import type { ForeignKeyState } from '../catalog/constraint-state.ts'
import type { RelationState } from '../catalog/relation-state.ts'
import { qualifiedName } from '../sql/quote.ts'
import { isSameTable, type TableName } from '../sql/table-name.ts'

/** By qualified name: the tables whose rows have a tenant, or will have one. */
type Known<P> = ReadonlyMap<string, P>

interface Rounds<T, F, P> {
  readonly parents: Known<P>
  /** Undefined: none of the tables that are known so far gives this one its tenants. */
  readonly fill: (table: T, parents: Known<P>) => F | undefined
  /** The filled table as a parent of others. */
  readonly asParent: (filled: F) => P
}

/**
 * Finds for each table the parent that its rows take their tenants from: round by round, so that the
 * shortest path of foreign keys decides. The caller decides between parents on paths of one length.
 *
 * @returns `filled` parents first, and `parents` with all of them
 */
export function fillInRounds<
  T extends { readonly relation: TableName },
  F extends { readonly relation: TableName },
  P,
>(
  tables: readonly T[],
  { parents, fill, asParent }: Rounds<T, F, P>,
): { readonly filled: F[]; readonly left: T[]; readonly parents: Known<P> } {
  const known = new Map(parents)
  const filled: F[] = []
  let left = [...tables]
  for (;;) {
    const round = left.flatMap((table) => fill(table, known) ?? [])
    if (round.length === 0) return { filled, left, parents: known }
    const names = new Set(round.map(({ relation }) => qualifiedName(relation)))
    filled.push(...round)
    for (const table of round) known.set(qualifiedName(table.relation), asParent(table))
    left = left.filter(({ relation }) => !names.has(qualifiedName(relation)))
  }
}

/** The foreign keys of a table to those, without what PostgreSQL made for partitions. */
export function keysTo(relation: RelationState, parents: Known<unknown>): ForeignKeyState[] {
  return relation.foreignKeys.filter(
    ({ isPartition, references }) =>
      !isPartition && parents.has(qualifiedName(references)) && !isSameTable(references, relation),
  )
}

/** Every row has a parent. */
export function isNotNull({ columns }: RelationState, key: ForeignKeyState): boolean {
  return key.columns.every((name) => columns.some((c) => c.name === name && c.notNull))
}

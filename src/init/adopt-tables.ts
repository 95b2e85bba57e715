import type { ForeignKeyState } from '../catalog/constraint-state.ts'
import type { RelationState } from '../catalog/relation-state.ts'
import { qualifiedName } from '../sql/quote.ts'
import { isSameTable } from '../sql/table-name.ts'
import { fillInRounds, isNotNull, keysTo } from '../wanted/fill-in-rounds.ts'
import type { AdoptedTable, OwnedTable, UndecidedTable } from './classification.ts'
import { ownForeignKeys } from './references.ts'

interface Outcome {
  readonly adopted: readonly AdoptedTable[]
  /** A foreign key leads to a tenant, but no migration could follow it. */
  readonly stranded: readonly UndecidedTable[]
  readonly unrelated: readonly RelationState[]
}

interface Sources {
  readonly owned: readonly OwnedTable[]
  /** Their tenant column holds no tenant: no parents, but tables of tenants all the same. */
  readonly mistyped: readonly UndecidedTable[]
  /** The tenant column that an adopted table gets. */
  readonly column: string
}

type Known = ReadonlyMap<string, RelationState>

/**
 * Finds for each table the parent that its rows take their tenant from. Of several, the one that deletes
 * its rows with it is proposed, and the others are named.
 */
export function adoptTables(
  relations: readonly RelationState[],
  { owned, mistyped, column }: Sources,
): Outcome {
  const tables = relations.map((relation) => ({ relation }))
  const { filled, left, parents } = fillInRounds(tables, {
    parents: new Map(owned.map(({ relation }) => [qualifiedName(relation), relation])),
    fill: ({ relation }, known) => adopt(relation, known, column),
    asParent: ({ relation }) => relation,
  })
  const rest = left.map(({ relation }) => relation)
  const stranded = strandedTables(rest, parents, { mistyped, column })
  const names = new Set(stranded.map(({ relation }) => relation))
  return {
    adopted: filled,
    stranded,
    unrelated: rest.filter((relation) => !names.has(relation)),
  }
}

function adopt(relation: RelationState, known: Known, column: string): AdoptedTable | undefined {
  if (relation.columns.some(({ name }) => name === column)) return undefined
  return withParent(relation, known)
}

/** The table and the parent that its rows take their tenants from; undefined: no key tells. */
export function withParent(
  relation: RelationState,
  known: ReadonlyMap<string, RelationState>,
): AdoptedTable | undefined {
  const keys = keysTo(relation, known).filter((key) => isNotNull(relation, key))
  const ways = keys.filter((key) => isOnlyWay(key, relation)).toSorted(byOwnership)
  const [parent, ...alternatives] = ways.flatMap(
    ({ references }) => known.get(qualifiedName(references)) ?? [],
  )
  return parent && { relation, parent, alternatives }
}

/** The config names the parent and not the key: a sender and a recipient could not be told apart. */
function isOnlyWay({ references }: ForeignKeyState, relation: RelationState): boolean {
  const rivals = ownForeignKeys(relation).filter((key) => isSameTable(key.references, references))
  return rivals.length === 1
}

// A row that is deleted with its parent is a part of it.
function byOwnership(a: ForeignKeyState, b: ForeignKeyState): number {
  const rank = ({ onDelete }: ForeignKeyState) => (onDelete === 'cascade' ? 0 : 1)
  const name = ({ references }: ForeignKeyState) => qualifiedName(references)
  return rank(a) - rank(b) || (name(a) < name(b) ? -1 : 1)
}

/** With those that lead to a stranded table themselves: not every tenant may see them either. */
function strandedTables(
  left: readonly RelationState[],
  known: Known,
  { mistyped, column }: Omit<Sources, 'owned'>,
): UndecidedTable[] {
  const tables = left.map((relation) => ({ relation }))
  const open = mistyped.map(({ relation }) => [qualifiedName(relation), relation] as const)
  const { filled } = fillInRounds(tables, {
    parents: new Map([...known, ...open]),
    fill: ({ relation }, reached): UndecidedTable | undefined => {
      const [key] = keysTo(relation, reached)
      return key && { relation, reason: whyStranded(relation, key, known, column) }
    },
    asParent: ({ relation }) => relation,
  })
  return filled
}

function whyStranded(
  relation: RelationState,
  key: ForeignKeyState,
  known: Known,
  column: string,
): string {
  const parent = qualifiedName(key.references)
  if (!known.has(parent))
    return `${key.columns.join(', ')} leads to ${parent}, which is not decided`
  if (relation.columns.some(({ name }) => name === column)) {
    return `${column} refers to another table`
  }
  return isNotNull(relation, key)
    ? `more than one foreign key leads to ${parent}`
    : `its way to a tenant, ${key.columns.join(', ')}, may be NULL`
}

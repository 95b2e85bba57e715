import type { ForeignKeyState } from '../catalog/constraint-state.ts'
import type { RelationState } from '../catalog/relation-state.ts'
import { qualifiedName } from '../sql/quote.ts'
import { isSameTable } from '../sql/table-name.ts'
import type { AdoptedTable, OwnedTable, UndecidedTable } from './classification.ts'
import { isNotNull, ownForeignKeys } from './references.ts'

interface Outcome {
  readonly adopted: readonly AdoptedTable[]
  /** A foreign key leads to a tenant, but no migration could follow it. */
  readonly stranded: readonly UndecidedTable[]
  readonly unrelated: readonly RelationState[]
}

/**
 * Finds for each table the parent that its rows take their tenant from: round by round, so that the
 * shortest path of foreign keys without NULL decides.
 *
 * @param column the tenant column that an adopted table gets
 */
export function adoptOrphans(
  orphans: readonly RelationState[],
  { parents, column }: { readonly parents: readonly OwnedTable[]; readonly column: string },
): Outcome {
  const known = new Map(parents.map(({ relation }) => [qualifiedName(relation), relation]))
  const adopted: AdoptedTable[] = []
  let left = [...orphans]
  for (;;) {
    const found = left.flatMap((relation) => adopt(relation, known, column))
    if (found.length === 0) break
    adopted.push(...found)
    for (const { relation } of found) known.set(qualifiedName(relation), relation)
    left = left.filter((relation) => !known.has(qualifiedName(relation)))
  }
  const stranded = strandedTables(left, known, column)
  const names = new Set(stranded.map(({ relation }) => relation))
  return { adopted, stranded, unrelated: left.filter((relation) => !names.has(relation)) }
}

type Known = ReadonlyMap<string, RelationState>

function adopt(relation: RelationState, known: Known, column: string): AdoptedTable[] {
  if (relation.columns.some(({ name }) => name === column)) return []
  const keys = keysToKnown(relation, known).filter((key) => isNotNull(relation, key))
  const ways = keys.filter((key) => isOnlyWay(key, relation)).toSorted(byOwnership)
  const [parent, ...alternatives] = ways.flatMap(
    ({ references }) => known.get(qualifiedName(references)) ?? [],
  )
  return parent ? [{ relation, parent, alternatives }] : []
}

function keysToKnown(relation: RelationState, known: Known): ForeignKeyState[] {
  return ownForeignKeys(relation).filter(
    ({ references }) => known.has(qualifiedName(references)) && !isSameTable(references, relation),
  )
}

/** The config names the parent and not the key: a sender and a recipient could not be told apart. */
function isOnlyWay({ references }: ForeignKeyState, relation: RelationState): boolean {
  const rivals = ownForeignKeys(relation).filter((key) => isSameTable(key.references, references))
  return rivals.length === 1
}

// What is deleted with its parent is a part of it.
function byOwnership(a: ForeignKeyState, b: ForeignKeyState): number {
  const rank = ({ onDelete }: ForeignKeyState) => (onDelete === 'cascade' ? 0 : 1)
  const name = ({ references }: ForeignKeyState) => qualifiedName(references)
  return rank(a) - rank(b) || (name(a) < name(b) ? -1 : 1)
}

/** With those that lead to a stranded table themselves: they are not for everybody either. */
function strandedTables(
  left: readonly RelationState[],
  known: ReadonlyMap<string, RelationState>,
  column: string,
): UndecidedTable[] {
  const reached = new Map(known)
  const stranded: UndecidedTable[] = []
  for (let rest = left; ; ) {
    const found = rest.flatMap((relation) => {
      const [key] = keysToKnown(relation, reached)
      return key ? [{ relation, reason: whyStranded(relation, key, known, column) }] : []
    })
    if (found.length === 0) return stranded
    stranded.push(...found)
    for (const { relation } of found) reached.set(qualifiedName(relation), relation)
    rest = rest.filter((relation) => !reached.has(qualifiedName(relation)))
  }
}

function whyStranded(
  relation: RelationState,
  key: ForeignKeyState,
  known: ReadonlyMap<string, RelationState>,
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

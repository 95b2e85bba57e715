import type { RelationState } from '../catalog/relation-state.ts'
import { qualifiedName } from '../sql/quote.ts'
import type { Classification, UndecidedTable } from './classification.ts'

/** Leaves out the inheritance children that need no line of their own beside that of their parents. */
export function withoutChildren(classification: Classification): Classification {
  const { owned, adopted, undecided, global } = classification
  const tenant = byNameOf([...owned, ...adopted].map(({ relation }) => relation))
  const byName = byNameOf([
    ...tenant.values(),
    ...undecided.map(({ relation }) => relation),
    ...global,
  ])
  // The policies of a listed table are written for its children too.
  const goesAlong = (relation: RelationState): boolean =>
    relation.parents.some((parent) => {
      const name = qualifiedName(parent)
      const known = byName.get(name)
      return tenant.has(name) || (known !== undefined && goesAlong(known))
    })
  const isLeft = ({ relation }: { readonly relation: RelationState }) => !goesAlong(relation)
  return {
    ...classification,
    owned: owned.filter(isLeft),
    adopted: adopted.filter(isLeft),
    undecided: undecided.filter((table) => isLeft(table) && !repeatsParent(table, undecided)),
    global: global.filter(({ parents }) => !parents.some((p) => byName.has(qualifiedName(p)))),
  }
}

function byNameOf(relations: readonly RelationState[]): ReadonlyMap<string, RelationState> {
  return new Map(relations.map((relation) => [qualifiedName(relation), relation]))
}

function repeatsParent(
  { relation, reason }: UndecidedTable,
  undecided: readonly UndecidedTable[],
): boolean {
  const parents = new Set(relation.parents.map(qualifiedName))
  return undecided.some(
    (other) => parents.has(qualifiedName(other.relation)) && other.reason === reason,
  )
}

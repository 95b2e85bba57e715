import type { RelationState } from '../catalog/relation-state.ts'
import { qualifiedName } from '../sql/quote.ts'
import { isSameTable } from '../sql/table-name.ts'
import { fillInRounds, keysTo } from '../wanted/fill-in-rounds.ts'
import type { UndecidedTable } from './classification.ts'

interface Facts {
  /** Tables that are known not to be global. */
  readonly others: readonly RelationState[]
  readonly doubt: (relation: RelationState) => string | undefined
}

/**
 * Decides which of the tables without a way to a tenant are global: those without a doubt that lead to no
 * table with one, and that show no row of a child.
 */
export function decideGlobal(
  unrelated: readonly RelationState[],
  { others, doubt }: Facts,
): { readonly undecided: readonly UndecidedTable[]; readonly global: readonly RelationState[] } {
  const tables = unrelated.map((relation) => ({ relation }))
  const { filled, left } = fillInRounds(tables, {
    parents: new Map(others.map((relation) => [qualifiedName(relation), relation])),
    fill: ({ relation }, known): UndecidedTable | undefined => {
      const reason = doubt(relation) ?? leadsTo(relation, known) ?? shows(relation, known)
      return reason === undefined ? undefined : { relation, reason }
    },
    asParent: ({ relation }) => relation,
  })
  return { undecided: filled, global: left.map(({ relation }) => relation) }
}

type Known = ReadonlyMap<string, RelationState>

function leadsTo(relation: RelationState, known: Known): string | undefined {
  const [key] = keysTo(relation, known)
  return (
    key &&
    `${key.columns.join(', ')} leads to ${qualifiedName(key.references)}, which is not decided`
  )
}

/** A query of a table reads its inheritance children too, past their policies. */
function shows(relation: RelationState, known: Known): string | undefined {
  const child = [...known.values()].find(({ parents }) =>
    parents.some((parent) => isSameTable(parent, relation)),
  )
  return child && `it shows the rows of its child ${qualifiedName(child)}, which is not global`
}

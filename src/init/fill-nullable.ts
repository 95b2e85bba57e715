import type { RelationState } from '../catalog/relation-state.ts'
import { qualifiedName } from '../sql/quote.ts'
import { fillInRounds } from '../wanted/fill-in-rounds.ts'
import { withParent } from './adopt-tables.ts'
import type { AdoptedTable, OwnedTable } from './classification.ts'

interface Tables {
  /** Without the tenants themselves: a key to a tenant is the tenant column under another name. */
  readonly owned: readonly OwnedTable[]
  readonly adopted: readonly AdoptedTable[]
}

/**
 * Finds the parents that give rows without a tenant the one that they belong to, for tables whose tenant
 * column may be NULL and whose key to the parent may not.
 */
export function fillNullable({ owned, adopted }: Tables): AdoptedTable[] {
  const isComplete = ({ column }: OwnedTable) => column.notNull
  const parents = [...owned.filter(isComplete), ...adopted].map(({ relation }) => relation)
  const { filled } = fillInRounds(
    owned.filter((table) => !isComplete(table)),
    {
      parents: new Map(parents.map((relation) => [qualifiedName(relation), relation])),
      fill: ({ relation }, known: ReadonlyMap<string, RelationState>) =>
        withParent(relation, known),
      asParent: ({ relation }) => relation,
    },
  )
  return filled
}

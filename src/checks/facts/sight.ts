import type { RelationState } from '../../catalog/relation-state.ts'
import { ownRowOf } from '../../reach/own-row.ts'
import { roleGraphOf } from '../../reach/role-graph.ts'
import { isFree, type Sight, seesRows } from '../../reach/sees-rows.ts'
import { qualifiedName } from '../../sql/quote.ts'
import { checkedTablesByName } from './checked-tables.ts'
import type { CheckContext } from './context.ts'

/** Which rows of a relation a role reads, by its attributes, its ownership and the policies that it has. */
export function sightOf(role: string, relation: RelationState, context: CheckContext): Sight {
  const { snapshot, wanted } = context
  const checked = checkedTablesByName(context).get(qualifiedName(relation))
  const columns = relation.columns.map(({ name }) => name)
  const own = checked ? ownRowOf(checked.table) : { texts: [], columns, setting: wanted.setting }
  return seesRows(
    roleGraphOf(snapshot),
    role,
    { relation, command: 'select' },
    { force: true, own },
  )
}

/** No policy of the table holds this role, be row security on or off. */
export function isUnbound(role: string, relation: RelationState, context: CheckContext): boolean {
  const secured = { ...relation, rlsEnabled: true }
  return isFree(roleGraphOf(context.snapshot), role, secured) !== undefined
}

import type { KeyAction, ReachRelation } from '../catalog/reach/reach-facts.ts'
import { identifier, qualifiedName } from '../sql/quote.ts'
import type { RoadMap } from './road-map.ts'
import type { Edge, RoadCommand, State, Stop } from './road-state.ts'

/**
 * The actions of foreign keys: they change the rows that refer as the owner of those, with no privilege of
 * who deletes or updates, and without FORCE.
 * https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK
 */
export function edgesOfKeys(
  { relation, command, key: by }: Extract<Stop, { kind: 'relation' }>,
  { actor }: State,
  map: RoadMap,
): Edge[] {
  if (command !== 'delete' && command !== 'update') return []
  return [...wholesOf(relation, map), ...map.index.familyOf(relation)].flatMap((parent) =>
    map.index.keysTo(parent.id).flatMap((key): Edge[] => {
      const child = map.index.relations.get(key.child)
      const action = command === 'delete' ? key.onDelete : key.onUpdate
      if (!child || action === null) return []
      // A key that may not be changed carries nothing on. Another key changes what it wants.
      const mayChange =
        command === 'delete' ||
        by !== undefined ||
        map.rights.mayOnAny(actor.as, 'UPDATE', relation, key.referencedColumns)
      if (!mayChange) return []
      const does = command === 'delete' && action === 'cascade' ? 'delete' : 'update'
      return [
        {
          stop: { kind: 'relation', relation: child, command: does, key },
          actor: { user: child.owner, as: child.owner, force: false },
          step: `foreign key ${identifier(key.name)} ${WORDS[does]} ${qualifiedName(child)}`,
          crossing: { kind: 'key', key },
        },
      ]
    }),
  )
}

/** The tables that it is a partition of: keys to them are keys to it. */
function wholesOf({ isPartition, parents }: ReachRelation, map: RoadMap): ReachRelation[] {
  if (!isPartition) return []
  return parents.flatMap((id) => {
    const parent = map.index.relations.get(id)
    return parent ? [parent, ...wholesOf(parent, map)] : []
  })
}

const WORDS: Readonly<Partial<Record<RoadCommand, string>>> = {
  delete: 'deletes from',
  update: 'changes',
}

/** The rows of the child that go or change are of the tenant of the parent's row. */
export function keepsTenant(key: KeyAction, map: RoadMap): boolean {
  const [child, parent] = [key.child, key.parent].map((id) => map.index.relations.get(id))
  const columns = [child, parent].map(
    (relation) => relation && map.tenancy.tableOf(relation)?.column,
  )
  return key.columns.some(
    (column, index) => column === columns[0] && key.referencedColumns[index] === columns[1],
  )
}

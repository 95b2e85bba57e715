import type { KeyAction } from '../catalog/reach/reach-facts.ts'
import { identifier, qualifiedName } from '../sql/quote.ts'
import type { RoadMap } from './road-map.ts'
import type { Edge, RoadCommand, Stop } from './road-state.ts'

/**
 * The actions of foreign keys: they change the rows that refer as the owner of those, with no privilege of
 * who deletes or updates, and without FORCE.
 * https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK
 */
export function edgesOfKeys(
  { relation, command }: Extract<Stop, { kind: 'relation' }>,
  map: RoadMap,
): Edge[] {
  if (command !== 'delete' && command !== 'update') return []
  return map.index.familyOf(relation).flatMap((parent) =>
    map.index.keysTo(parent.id).flatMap((key): Edge[] => {
      const child = map.index.relations.get(key.child)
      const action = command === 'delete' ? key.onDelete : key.onUpdate
      if (!child || action === null) return []
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

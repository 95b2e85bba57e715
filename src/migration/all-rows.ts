import type { RelationState } from '../catalog/relation-state.ts'
import type { Snapshot } from '../catalog/snapshot.ts'
import { forcedRelations, seeingAllRows, setForce } from '../policy/all-rows.ts'
import type { Step } from './step.ts'

/**
 * Lifts FORCE around a step that has to see every row: a foreign key is validated by a query, which the
 * policies would filter for the owner. A login that they do not bind needs none of it.
 * https://www.postgresql.org/docs/current/ddl-rowsecurity.html
 */
export function stepSeeingAllRows(
  relations: readonly RelationState[],
  snapshot: Snapshot,
  step: Step,
): Step[] {
  const forced = binding(relations, snapshot)
  const alter = (relation: RelationState, how: 'force' | 'no force'): Omit<Step, 'why'> => ({
    table: { schema: relation.schema, name: relation.name },
    up: setForce(relation, how),
    down: [],
    lock: 'access exclusive',
  })
  return [
    ...forced.map((relation) => ({
      ...alter(relation, 'no force'),
      why: 'Lets the owner see every row, or what follows would look at none of them.',
      hazard:
        'No other session reads or writes the table until this file is done. A login with BYPASSRLS needs no such step.',
    })),
    step,
    ...forced.map((relation) => ({
      ...alter(relation, 'force'),
      why: 'The policies bind the owner again.',
    })),
  ]
}

/** The same around statements of a `down`. */
export function downSeeingAllRows(
  relations: readonly RelationState[],
  snapshot: Snapshot,
  statements: readonly string[],
): string[] {
  return seeingAllRows(binding(relations, snapshot), statements)
}

/** The relations whose policies would filter what the login that makes this plan sees. */
function binding(relations: readonly RelationState[], snapshot: Snapshot): RelationState[] {
  const login = snapshot.roles.find(({ name }) => name === snapshot.currentUser)
  if (login?.superuser || login?.bypassRls) return []
  return forcedRelations(relations, snapshot)
}

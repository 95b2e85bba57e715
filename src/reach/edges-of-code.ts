import { callFunction } from './call-function.ts'
import { edgesOfStatements } from './edges-of-statements.ts'
import type { RoadMap } from './road-map.ts'
import type { Edge, State, Stop } from './road-state.ts'

/** The statements in the body of a function, as the role it runs as. */
export function edgesOfCode(
  { fn, row }: Extract<Stop, { kind: 'code' }>,
  { actor }: State,
  map: RoadMap,
): Edge[] {
  const known = row && { row }
  return [
    ...edgesOfStatements(fn.body.statements, {
      code: fn,
      actor,
      map,
      isResolved: fn.isAtomic,
      ...known,
    }),
    // Operators and casts, which have no names in the text.
    ...map.index.callsOf(fn.id).flatMap((id) => {
      const called = map.index.functions.get(id)
      if (!called) return []
      return callFunction(called, { actor, asked: actor.user, words: 'executes', ...known }, map)
    }),
  ]
}

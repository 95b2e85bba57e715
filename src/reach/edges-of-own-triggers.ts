import { callFunction } from './call-function.ts'
import type { RoadMap } from './road-map.ts'
import { type Edge, ordinary } from './road-state.ts'

/**
 * Trigger functions that a role puts on a table of its own, a temporary one above all: EXECUTE is asked for
 * when the trigger is made. The rows are what the role wants, so that no tenant in them is proven.
 * https://www.postgresql.org/docs/current/sql-createtrigger.html
 */
export function edgesOfOwnTriggers(role: string, map: RoadMap): Edge[] {
  if (!makesTables(role, map)) return []
  return [...map.index.functions.values()].flatMap((fn) => {
    if (fn.returns !== 'trigger' || !fn.securityDefiner || fn.isBuiltIn) return []
    if (!map.rights.use(role, fn.schema)) return []
    const words = 'makes a trigger on a table of its own, which calls'
    const crossing = { kind: 'trigger', fn, isMade: true } as const
    return callFunction(fn, { actor: ordinary(role), asked: role, words, crossing }, map)
  })
}

/** Temporary ones, or those of a schema. */
export function makesTables(role: string, map: RoadMap): boolean {
  const { context, rights } = map
  const isTemporary = context.snapshot.securedObjects.some(
    (object) => object.kind === 'database' && rights.has(role, 'TEMPORARY', object),
  )
  return isTemporary || mayCreateIn(['database', 'schema'], role, map)
}

export function mayCreateIn(
  kinds: readonly string[],
  role: string,
  { context, rights }: RoadMap,
): boolean {
  return context.snapshot.securedObjects.some(
    (object) => kinds.includes(object.kind) && rights.has(role, 'CREATE', object),
  )
}

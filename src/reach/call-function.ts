import type { ReachFunction, ReachRelation } from '../catalog/reach/reach-facts.ts'
import type { RoadMap } from './road-map.ts'
import type { Actor, Crossing, Edge } from './road-state.ts'

export interface Call {
  readonly actor: Actor
  /** The role whose EXECUTE PostgreSQL asks for; undefined where it asks for none, as for triggers. */
  readonly asked: string | undefined
  /** What leads to it, before its name: `executes`, `trigger t on public.jobs calls`. */
  readonly words: string
  readonly crossing?: Crossing
  readonly row?: ReachRelation
  readonly doubt?: string | undefined
  readonly closed?: string | undefined
}

/**
 * The edges into the body of a function: as its owner when it is SECURITY DEFINER. EXECUTE on an aggregate
 * is asked of who calls it, on what it is made of of its owner.
 * https://www.postgresql.org/docs/current/sql-createaggregate.html
 */
export function callFunction(fn: ReachFunction, call: Call, map: RoadMap): Edge[] {
  const { actor, asked, words, row, doubt } = call
  if (map.lookups.has(fn.signature)) return []
  const closed =
    call.closed ??
    (asked === undefined || map.rights.execute(asked, fn)
      ? undefined
      : `${asked} may not execute ${fn.signature}`)
  if (fn.kind === 'aggregate') {
    return fn.parts.flatMap((id) => {
      const part = map.index.functions.get(id)
      const through = { ...call, asked: fn.owner, words: `${words} ${fn.signature}, which calls` }
      return part ? callFunction(part, { ...through, closed }, map) : []
    })
  }
  return [
    {
      stop: { kind: 'code', fn, ...(row && { row }) },
      actor: fn.securityDefiner
        ? { user: fn.owner, as: fn.owner, force: actor.force }
        : { user: actor.user, as: actor.user, force: actor.force },
      step: `${words} ${fn.signature}${fn.securityDefiner ? ', security definer' : ''}`,
      crossing: call.crossing ?? { kind: 'function', fn },
      doubt,
      closed,
    },
  ]
}

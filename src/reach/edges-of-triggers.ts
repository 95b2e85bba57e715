import type { ReachTrigger } from '../catalog/reach/reach-facts.ts'
import { identifier, qualifiedName } from '../sql/quote.ts'
import { callFunction } from './call-function.ts'
import type { RoadMap } from './road-map.ts'
import type { Actor, Edge, State, Stop } from './road-state.ts'

const QUEUEING_ROLE = 180000

/**
 * The triggers of the relation, and those for each row of its partitions and children. PostgreSQL
 * asks no role for EXECUTE. A trigger that is no SECURITY DEFINER runs as the role that gave the command.
 */
export function edgesOfTriggers(
  { relation, command, key }: Extract<Stop, { kind: 'relation' }>,
  state: State,
  map: RoadMap,
): Edge[] {
  return map.index.familyOf(relation).flatMap((member) =>
    map.index.triggersOn(member.id).flatMap((trigger) => {
      const fn = map.index.functions.get(trigger.function)
      const isSetOff =
        trigger.commands.some((one) => one === command) &&
        (member === relation || trigger.isForEachRow)
      if (!fn || !isSetOff) return []
      const actor = key ? actorUnderKey(trigger, state, map) : state.actor
      return callFunction(
        fn,
        {
          actor,
          asked: undefined,
          words: `trigger ${identifier(trigger.name)} on ${qualifiedName(member)} calls`,
          crossing: { kind: 'trigger', fn },
          row: member,
          closed: trigger.isEnabled
            ? undefined
            : `trigger ${identifier(trigger.name)} on ${qualifiedName(member)} is disabled`,
        },
        map,
      )
    }),
  )
}

// BEFORE triggers run in the action. AFTER triggers run behind it: up to 17 as who began, from 18 on as who
// queued them, which is the owner of the child, under FORCE again.
function actorUnderKey({ isBefore }: ReachTrigger, state: State, map: RoadMap): Actor {
  if (isBefore) return state.actor
  if (map.graph.serverVersion >= QUEUEING_ROLE) return { ...state.actor, force: true }
  return beganIt(state)
}

function beganIt(state: State): Actor {
  const { stop, from, actor } = state
  return stop.kind === 'relation' && stop.key && from ? beganIt(from) : actor
}

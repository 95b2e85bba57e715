import type { ReachRelation } from '../catalog/reach/reach-facts.ts'
import type { RoadMap } from './road-map.ts'
import type { Crossing, End, RoadCommand, State } from './road-state.ts'
import { type RowCommand, type Sight, seesRows } from './sees-rows.ts'

/** An end without what the state before it says. */
export type FoundEnd = Omit<End, 'state' | 'crossing' | 'closed' | 'command'> & {
  readonly crossing?: Crossing
  readonly closed?: string | undefined
}

export const UNKNOWN = 'it is not known what that lets through'

/** What a command on a relation reaches, as the role of the state. */
export function sightOn(
  relation: ReachRelation,
  command: RoadCommand,
  { actor }: State,
  map: RoadMap,
): Sight {
  if (command === 'truncate' || command === 'define')
    return sightOfCommand(relation, command, actor.as, map)
  return seesRows(
    map.graph,
    actor.as,
    {
      relation: { ...relation, policies: map.index.policiesOf(relation) },
      command: command satisfies RowCommand,
    },
    { force: actor.force, own: map.tenancy.ownRowOf(relation), user: actor.user },
  )
}

// No policy holds either.
function sightOfCommand(
  relation: ReachRelation,
  command: RoadCommand,
  role: string,
  map: RoadMap,
): Sight {
  if (map.graph.find(role)?.superuser)
    return { verdict: 'all', by: 'superuser', because: 'a superuser' }
  const owns = map.rights.owns(role, relation)
  if (owns) return { verdict: 'all', by: 'owner', because: 'the owner' }
  return command === 'truncate' && map.rights.may(role, 'TRUNCATE', relation)
    ? { verdict: 'all', by: 'owner', because: 'which may truncate it' }
    : { verdict: 'none', by: 'owner', because: 'not the owner' }
}

export function isHeld({ verdict }: Sight): boolean {
  return verdict === 'held' || verdict === 'none'
}

export function held({ because }: Sight, { actor }: State): string {
  return `row security holds ${actor.as}, ${because}`
}

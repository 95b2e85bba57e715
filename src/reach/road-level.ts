import { GATHERS } from '../catalog/reach/powerful-names.ts'
import type { ReachFunction } from '../catalog/reach/reach-facts.ts'
import type { Level } from '../config/level.ts'
import type { RoadMap } from './road-map.ts'
import type { Crossing, End } from './road-state.ts'

/**
 * Certain where each edge is a fact of the catalog: `critical` where rows come with a plain query or the
 * login becomes a role that nothing holds, else `high`. `medium` where it may lead there, or to a table of
 * which it is not known whose rows it holds. `low` where a body names the tenant itself, hands out one value, or
 * is needed by a policy.
 */
export function roadLevel(end: End, map: RoadMap): Level {
  const { crossing, kind, doubt } = end
  if (end.isNarrow || isLookup(crossing, end, map) || isOfPolicy(crossing, end, map)) return 'low'
  if (kind === 'data' || kind === 'foreign' || kind === 'anything') return 'medium'
  if (doubt !== undefined) return isUnknownPolicy(end) ? 'low' : 'medium'
  if (isReadInWhereOfKey(end)) return 'medium'
  if (kind === 'stored' || crossing.kind === 'view') return 'critical'
  if (crossing.kind === 'role') return isPowerful(end, map) ? 'critical' : 'high'
  return 'high'
}

// A boundary of another kind, such as `user_id = …`, and it is said as such.
function isUnknownPolicy({ doubt, state, isBoundary = false }: End): boolean {
  return state.doubt === undefined && doubt !== undefined && isBoundary
}

function isPowerful({ crossing, isSuperuser, because }: End, map: RoadMap): boolean {
  if (crossing.kind !== 'role') return false
  const role = map.graph.find(crossing.becoming.role)
  const { adminRoles, ownerRoles } = map.context.wanted
  const isAdmin = [...adminRoles, ...ownerRoles].includes(crossing.becoming.role)
  return isSuperuser || (role?.bypassRls ?? false) || isAdmin || because === 'the owner'
}

// A trigger that an action of a key sets off: its WHERE may ask for the tenant of the row.
function isReadInWhereOfKey({ crossing, state }: End): boolean {
  if (crossing.kind !== 'key') return false
  for (let at: typeof state | undefined = state; at; at = at.from) {
    if (at.stop.kind === 'code' && at.stop.fn.body.rowColumns.length > 0) return true
  }
  return false
}

/**
 * Yes, no or a tenant, as a policy asks for a membership: the policy cannot look it up as its caller. A text
 * could be any row.
 */
function isOfPolicy(crossing: Crossing, { command, kind }: End, map: RoadMap): boolean {
  if (crossing.kind !== 'function' || command !== 'select' || kind === 'anything') return false
  const { fn } = crossing
  const types = map.context.wanted.tables.map(({ type }) => type)
  const answers = ['boolean', ...types].filter((type) => !TEXTS.includes(type))
  return (
    fn.returns === 'value' &&
    answers.includes(fn.returnType) &&
    fn.body.dynamicAt === null &&
    !fn.body.isUnread &&
    (fn.isAtomic || fn.settings.some((setting) => setting.startsWith('search_path='))) &&
    map.index.isCalledByPolicy(fn.id)
  )
}

const TEXTS: readonly string[] = ['text', 'character varying']

/** One value out of columns that were granted for it, by a role that owns nothing and cannot log in. */
function isLookup(crossing: Crossing, { command, state, kind }: End, map: RoadMap): boolean {
  if (crossing.kind !== 'function' || command !== 'select' || kind === 'anything') return false
  const { fn } = crossing
  const owner = map.graph.find(fn.owner)
  const { stop, actor } = state
  return (
    fn.returns === 'value' &&
    !gathers(fn) &&
    fn.body.dynamicAt === null &&
    !fn.body.isUnread &&
    owner !== undefined &&
    !(owner.canLogIn || owner.superuser || owner.bypassRls) &&
    actor.as === fn.owner &&
    stop.kind === 'relation' &&
    map.rights.mayOnColumnsOnly(fn.owner, 'SELECT', stop.relation)
  )
}

function gathers({ body }: ReachFunction): boolean {
  return body.statements.some(({ calls }) => calls.some(({ name }) => GATHERS.has(name)))
}

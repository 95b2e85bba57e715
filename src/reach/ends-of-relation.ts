import type { ReachRelation } from '../catalog/reach/reach-facts.ts'
import { qualifiedName } from '../sql/quote.ts'
import { keepsTenant } from './edges-of-keys.ts'
import { dataBeside } from './ends-beside.ts'
import { namesTenant } from './names-tenant.ts'
import type { RoadMap } from './road-map.ts'
import type { End, State, Stop } from './road-state.ts'
import { type FoundEnd, held, isHeld, sightOn, UNKNOWN } from './sight-on.ts'

type OnRelation = Extract<Stop, { kind: 'relation' }>

/** The rows that a command on a relation ends at, and what holds it short of them. */
export function endsAtRelation(stop: OnRelation, state: State, map: RoadMap): End[] {
  const { relation, command } = stop
  const found = [...tenantRows(stop, state, map), ...dataBeside(stop, state, map)]
  return found.map(({ crossing = { kind: 'relation', relation }, ...end }) => ({
    ...end,
    state,
    command,
    crossing: state.crossing ?? crossing,
    closed: state.closed ?? missingPrivilege(stop, state, map) ?? end.closed,
  }))
}

/** Of the tables that the relation is, and of those whose rows PostgreSQL finds through it. */
function tenantRows(stop: OnRelation, state: State, map: RoadMap): FoundEnd[] {
  const { relation, command, statement, key } = stop
  if (['view', 'materialized view'].includes(relation.kind)) return []
  const isNamed = map.tenancy.standingOf(relation) === 'tenant'
  // What the login does to a tenant table itself is judged by the checks of its policies.
  if (isNamed && !state.crossing) return []
  // What fixed code adds is what it was given: logs, counters of a new row.
  if (command === 'insert' && (statement || key)) return []
  const tables = isNamed
    ? [relation]
    : map.index.familyOf(relation).filter((r) => map.tenancy.standingOf(r) === 'tenant')
  return tables.flatMap((table) => {
    if (key) return ofKey(table, stop, state, map)
    const sight = sightOn(relation, command, state, map)
    return {
      kind: 'rows',
      relation: table,
      because: sight.because,
      isSuperuser: sight.by === 'superuser',
      doubt: state.doubt ?? (sight.verdict === 'unknown' ? UNKNOWN : undefined),
      closed: isHeld(sight) ? held(sight, state) : undefined,
      isNarrow: namesTenant(stop, state, map),
      isBoundary: sight.isBoundary ?? false,
    }
  })
}

// The rows that refer to one of the own tenant are of the own tenant, when the key says so.
function ofKey(table: ReachRelation, { key }: OnRelation, state: State, map: RoadMap): FoundEnd[] {
  if (!key || keepsTenant(key, map)) return []
  const parent = map.index.relations.get(key.parent)
  if (parent && map.tenancy.standingOf(parent) === 'tenant') return []
  return [
    {
      kind: 'rows',
      relation: table,
      because: 'the owner, for a foreign key',
      isSuperuser: false,
      doubt: state.doubt,
      isNarrow: false,
    },
  ]
}

function missingPrivilege(
  { relation, command, key }: OnRelation,
  { actor }: State,
  { rights }: RoadMap,
): string | undefined {
  if (key || command === 'define') return undefined
  if (rights.may(actor.as, command.toUpperCase(), relation)) return undefined
  return `${actor.as} has no ${command.toUpperCase()} on ${qualifiedName(relation)}`
}

import type { ReachRelation } from '../catalog/reach/reach-facts.ts'
import { qualifiedName } from '../sql/quote.ts'
import { keepsTenant } from './edges-of-keys.ts'
import type { RoadMap } from './road-map.ts'
import type { Crossing, End, RoadCommand, State, Stop } from './road-state.ts'
import { type RowCommand, type Sight, seesRows } from './sees-rows.ts'
import { storedIn } from './stored-rows.ts'

type OnRelation = Extract<Stop, { kind: 'relation' }>

type Found = Omit<End, 'state' | 'crossing' | 'closed' | 'command'> & {
  readonly crossing?: Crossing
  readonly closed?: string | undefined
}

/** The rows that a command on a relation ends at, and what holds it short of them. */
export function endsAtRelation(stop: OnRelation, state: State, map: RoadMap): End[] {
  const { relation, command } = stop
  const found = [
    ...tenantRows(stop, state, map),
    ...storedRows(stop, state, map),
    ...otherData(stop, state, map),
    ...foreignRows(stop, state, map),
  ]
  return found.map(({ crossing = { kind: 'relation', relation }, ...end }) => ({
    ...end,
    state,
    command,
    crossing: state.crossing ?? crossing,
    closed: state.closed ?? missingPrivilege(stop, state, map) ?? end.closed,
  }))
}

/** Of the tables that the relation is, and of those whose rows PostgreSQL finds through it. */
function tenantRows(stop: OnRelation, state: State, map: RoadMap): Found[] {
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
      doubt:
        state.doubt ??
        (sight.verdict === 'unknown' ? 'it is not known what that lets through' : undefined),
      closed: isHeld(sight) ? held(sight, state) : undefined,
      isNarrow: namesTenant(stop, state, map),
    }
  })
}

// The rows that refer to one of the own tenant are of the own tenant, when the key says so.
function ofKey(table: ReachRelation, { key }: OnRelation, state: State, map: RoadMap): Found[] {
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

function sightOn(
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
    { force: actor.force, own: map.tenancy.ownRowOf(relation) },
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

function isHeld({ verdict }: Sight): boolean {
  return verdict === 'held' || verdict === 'none'
}

function held({ because }: Sight, { actor }: State): string {
  return `row security holds ${actor.as}, ${because}`
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

/**
 * The statement compares the tenant column of each tenant table in it with the tenant of the statement, or
 * of the row that set it off.
 */
function namesTenant({ statement }: OnRelation, state: State, map: RoadMap): boolean {
  if (!statement || statement.hasOr) return false
  const { setting } = map.context.wanted
  const row = rowOf(state)
  const rowTenant = row && map.tenancy.tableOf(row)?.column
  const tables = statement.relations.flatMap(({ name }) =>
    map.index
      .relationsNamed(name)
      .filter((r) => map.tenancy.standingOf(r) === 'tenant')
      .slice(0, 1),
  )
  const columns = new Set(tables.flatMap((table) => map.tenancy.tableOf(table)?.column ?? []))
  const conditions = statement.equals.filter(
    ({ column, to, name }) =>
      columns.has(column) &&
      (to === 'setting' ? name === setting.toLowerCase() : name === rowTenant),
  )
  return conditions.length > 0 && conditions.length >= tables.length
}

function rowOf({ stop, from }: State): ReachRelation | undefined {
  if (stop.kind === 'code') return stop.row
  return from && rowOf(from)
}

function storedRows({ relation, command }: OnRelation, state: State, map: RoadMap): Found[] {
  if (relation.kind !== 'materialized view' || command !== 'select') return []
  return storedIn(relation, map).map((table) => ({
    kind: 'stored',
    relation: table,
    because: `what ${qualifiedName(relation)} stored of it`,
    isSuperuser: false,
    doubt: state.doubt,
    isNarrow: false,
  }))
}

/** Tables that the config does not list and that hold rows of tenants, by what is known of them. */
function otherData(stop: OnRelation, state: State, map: RoadMap): Found[] {
  const { relation, command, statement, key } = stop
  if (key || !['select', 'update', 'delete'].includes(command)) return []
  if (!['table', 'partitioned table'].includes(relation.kind)) return []
  if (map.tenancy.standingOf(relation) === 'tenant') return []
  return map.index.familyOf(relation).flatMap((member): Found[] => {
    const why = holdsTenants(member, map)
    if (why === undefined) return []
    const sight = sightOn(relation, command, state, map)
    if (sight.verdict === 'unknown') return []
    return [
      {
        kind: 'data',
        relation: member,
        because: why,
        isSuperuser: false,
        doubt: state.doubt,
        closed: isHeld(sight) ? held(sight, state) : undefined,
        isNarrow: statement !== undefined && namesTenant(stop, state, map),
      },
    ]
  })
}

/** Why rows of tenants are believed to be in a relation that is not listed. */
export function holdsTenants(relation: ReachRelation, map: RoadMap): string | undefined {
  const standing = map.tenancy.standingOf(relation)
  if (standing === 'tenant' || standing === 'bookkeeping' || standing === 'derived')
    return undefined
  const column = map.tenancy.tenantColumnOf(relation)
  if (column !== undefined) return `it has a column ${column}`
  const copied = map.copied.get(relation)
  if (copied) return `${copied.by} fills it from ${qualifiedName(copied.source)}`
  if (standing === 'global' || standing === 'extension') return undefined
  const namesake = map.tenancy.namesakeOf(relation)
  if (namesake) return `it is called after ${qualifiedName(namesake)}`
  return standing === 'unlisted' ? 'it is neither listed nor global' : undefined
}

function foreignRows({ relation, command }: OnRelation, state: State, map: RoadMap): Found[] {
  if (relation.kind !== 'foreign table' || !state.crossing || command !== 'select') return []
  const { userMappings } = map.context.snapshot.reach
  const mapping = userMappings.some(
    ({ server, role }) => server === relation.server && (role === null || role === state.actor.as),
  )
  return [
    {
      kind: 'foreign',
      relation,
      because: `with the login of ${state.actor.as} on server ${relation.server}`,
      isSuperuser: false,
      doubt: state.doubt ?? 'nothing here filters what the other side sends',
      closed: mapping ? undefined : `${state.actor.as} has no user mapping for ${relation.server}`,
      isNarrow: false,
    },
  ]
}

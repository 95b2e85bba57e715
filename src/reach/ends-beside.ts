import { CLOSED_CATALOGS, STATISTICS_VIEWS } from '../catalog/reach/closed-catalogs.ts'
import { isTable } from '../catalog/relation-state.ts'
import { qualifiedName } from '../sql/quote.ts'
import { powerOver } from './ends-of-code.ts'
import { holdsTenants } from './holds-tenants.ts'
import { namesTenant } from './names-tenant.ts'
import type { RoadMap } from './road-map.ts'
import type { State, Stop } from './road-state.ts'
import { type FoundEnd, held, isHeld, sightOn, UNKNOWN } from './sight-on.ts'
import { storedIn } from './stored-rows.ts'

type OnRelation = Extract<Stop, { kind: 'relation' }>

/** Rows of tenants that are in no tenant table: stored by a view, copied, in the catalog, on another server. */
export function dataBeside(stop: OnRelation, state: State, map: RoadMap): FoundEnd[] {
  return [
    ...storedRows(stop, state, map),
    ...otherData(stop, state, map),
    ...catalogRows(stop, state, map),
    ...foreignRows(stop, state, map),
  ]
}

function storedRows({ relation, command }: OnRelation, state: State, map: RoadMap): FoundEnd[] {
  if (relation.kind !== 'materialized view' || command !== 'select') return []
  const { tables, others } = storedIn(relation, map)
  const name = qualifiedName(relation)
  return [
    ...tables.map(
      (table): FoundEnd => ({
        kind: 'stored',
        relation: table,
        because: `what ${name} stored of it`,
        isSuperuser: false,
        doubt: state.doubt,
        isNarrow: false,
      }),
    ),
    ...others.map(
      (why): FoundEnd => ({
        kind: 'data',
        relation,
        because: `it stored ${why}`,
        isSuperuser: false,
        doubt: state.doubt,
        isNarrow: false,
      }),
    ),
  ]
}

/** Tables that the config does not list and that hold rows of tenants, by what is known of them. */
function otherData(stop: OnRelation, state: State, map: RoadMap): FoundEnd[] {
  const { relation, command, statement, key } = stop
  if (key || !['select', 'update', 'delete'].includes(command)) return []
  if (!isTable(relation)) return []
  if (map.tenancy.standingOf(relation) === 'tenant') return []
  return map.index.familyOf(relation).flatMap((member): FoundEnd[] => {
    const why = holdsTenants(member, map)
    if (why === undefined) return []
    const sight = sightOn(relation, command, state, map)
    const isUnknown = sight.verdict === 'unknown'
    if (isUnknown && sight.isBoundary) return []
    return [
      {
        kind: 'data',
        relation: member,
        because: why,
        isSuperuser: false,
        doubt: state.doubt ?? (isUnknown ? UNKNOWN : undefined),
        closed: isHeld(sight) ? held(sight, state) : undefined,
        isNarrow: statement !== undefined && namesTenant(stop, state, map),
      },
    ]
  })
}

/** Passwords and values of rows, in the hands of code that may read the catalog. */
function catalogRows({ relation, command }: OnRelation, state: State, map: RoadMap): FoundEnd[] {
  const isCatalog = map.tenancy.standingOf(relation) === 'catalog'
  if (!isCatalog || !state.crossing || command !== 'select') return []
  const { user, force } = state.actor
  const statistics = STATISTICS_VIEWS[relation.name]
  const isShown =
    statistics !== undefined &&
    map.tenancy.tenantRelations.some((table) => powerOver(table, { as: user, force }, map))
  const holds = CLOSED_CATALOGS[relation.name] ?? (isShown ? statistics : undefined)
  if (holds === undefined) return []
  return [
    {
      kind: 'data',
      relation,
      because: `it holds ${holds}`,
      isSuperuser: false,
      doubt: state.doubt,
      isNarrow: false,
    },
  ]
}

const ASKS_FOR_MAPPING: ReadonlySet<string | null> = new Set(['postgres_fdw', 'dblink_fdw'])

/**
 * A foreign table that the login reads itself is listed as global, or not; the login of the other side is
 * one of the role that PostgreSQL checks.
 */
function foreignRows(
  { relation, command, key }: OnRelation,
  state: State,
  map: RoadMap,
): FoundEnd[] {
  if (relation.kind !== 'foreign table' || key || command === 'truncate') return []
  if (map.tenancy.standingOf(relation) === 'global' && holdsTenants(relation, map) === undefined)
    return []
  const { userMappings } = map.context.snapshot.reach
  const mapping = userMappings.some(
    ({ server, role }) => server === relation.server && (role === null || role === state.actor.as),
  )
  const isOpen = mapping || !ASKS_FOR_MAPPING.has(relation.wrapper)
  const login = mapping ? `with the login of ${state.actor.as} on` : 'from'
  return [
    {
      kind: 'foreign',
      relation,
      because: `${login} server ${relation.server}`,
      isSuperuser: false,
      doubt: state.doubt ?? 'nothing here filters what the other side sends',
      closed: isOpen ? undefined : `${state.actor.as} has no user mapping for ${relation.server}`,
      isNarrow: false,
    },
  ]
}

import type { NamedCall } from '../catalog/reach/body-facts.ts'
import { CONNECTS, READS_PAST_POLICIES, RUNS_SQL } from '../catalog/reach/powerful-names.ts'
import type { ReachFunction, ReachRelation } from '../catalog/reach/reach-facts.ts'
import type { RoadMap } from './road-map.ts'
import type { Actor, End, State, Stop } from './road-state.ts'
import { seesRows } from './sees-rows.ts'

/**
 * The end of a road at a body that cannot be read: it puts SQL together, calls code that knows no row
 * security, gives roles away, or is written in a language whose names are not read. It may reach all that the
 * role may that it runs as.
 */
export function endsInCode(
  { fn }: Extract<Stop, { kind: 'code' }>,
  state: State,
  map: RoadMap,
): End[] {
  const { crossing, closed, actor } = state
  if (!crossing) return []
  const unread = unreadable(fn, actor, map)
  if (!unread) return []
  return map.tenancy.tenantRelations.flatMap((relation): End[] => {
    const because = unread.power ?? powerOver(relation, actor, map)
    if (because === undefined) return []
    const isSuperuser = map.graph.find(actor.as)?.superuser ?? false
    return [
      {
        state,
        crossing,
        closed,
        relation,
        because,
        isSuperuser,
        doubt: unread.doubt,
        kind: 'anything',
        command: 'select',
        isNarrow: false,
      },
    ]
  })
}

interface Unread {
  readonly doubt: string
  /** What it reaches the rows by; undefined: by the power of the role over the table. */
  readonly power?: string | undefined
}

function unreadable(fn: ReachFunction, actor: Actor, map: RoadMap): Unread | undefined {
  const { body, language } = fn
  if (body.dynamicAt !== null)
    return { doubt: `it puts SQL together and runs it (at ${body.dynamicAt})` }
  if (body.isUnread) return { doubt: `nothing is read of ${language}` }
  if (!fn.isTrusted)
    return { doubt: `no privilege holds code in ${language}`, power: 'which no policy holds' }
  if (body.administersAt !== null && mayAdminister(actor.as, map)) {
    return {
      doubt: `it gives roles or schemas away (at ${body.administersAt})`,
      power: 'which may give them away',
    }
  }
  const calls = body.statements.flatMap((statement) => statement.calls)
  return first(calls, (call) => byCall(call, actor, map))
}

function first<T, R>(items: readonly T[], find: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = find(item)
    if (found !== undefined) return found
  }
  return undefined
}

function byCall({ name, at }: NamedCall, { user }: Actor, map: RoadMap): Unread | undefined {
  const isOpen = map.index.functionsNamed(name).some((fn) => map.rights.execute(user, fn))
  if (!isOpen) return undefined
  if (CONNECTS.has(name)) {
    return {
      doubt: `${name} connects with another login (at ${at})`,
      power: 'which may have a login elsewhere',
    }
  }
  if (RUNS_SQL.has(name)) return { doubt: `${name} runs SQL that it is given (at ${at})` }
  const reads = READS_PAST_POLICIES[name]
  if (reads === undefined || !readsPastPolicies(name, user, map)) return undefined
  return { doubt: `${name} ${reads} (at ${at})`, power: 'which no policy holds there' }
}

/** Everybody may call some of them, and they ask for more when they run. */
function readsPastPolicies(
  name: string,
  role: string,
  { graph, rights, context }: RoadMap,
): boolean {
  const state = graph.find(role)
  if (state?.superuser) return true
  if (name.startsWith('pg_logical_slot_')) return state?.replication ?? false
  if (!/^lo(?:_|read)/.test(name)) return true
  const { largeObjects } = context.snapshot.reach
  return largeObjects.some((object) => rights.has(role, 'SELECT', object))
}

function mayAdminister(role: string, map: RoadMap): boolean {
  const { superuser = false, createRole = false } = map.graph.find(role) ?? {}
  if (superuser || createRole) return true
  return map.tenancy.tenantRelations.some((relation) => {
    const schema = map.index.schema(relation.schema)
    return (
      map.rights.owns(role, relation) || (schema !== undefined && map.rights.owns(role, schema))
    )
  })
}

/** What a role could do to the rows of every tenant, if its code wanted to; undefined: nothing. */
export function powerOver(
  relation: ReachRelation,
  { as, force }: Pick<Actor, 'as' | 'force'>,
  map: RoadMap,
): string | undefined {
  const own = map.tenancy.ownRowOf(relation)
  const secured = { ...relation, policies: map.index.policiesOf(relation) }
  if (map.rights.may(as, 'SELECT', relation)) {
    const sight = seesRows(map.graph, as, { relation: secured, command: 'select' }, { force, own })
    if (sight.verdict === 'all') return sight.because
  }
  if (map.rights.owns(as, relation)) return 'the owner, who may switch row security off'
  return map.rights.may(as, 'TRUNCATE', relation) ? 'which may truncate it' : undefined
}

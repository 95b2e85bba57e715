import type { Becoming } from './become.ts'
import { edgesOfCode } from './edges-of-code.ts'
import { edgesOfRelation } from './edges-of-relation.ts'
import { edgesOfRole } from './edges-of-role.ts'
import { endsInCode } from './ends-of-code.ts'
import { endsAtRelation } from './ends-of-relation.ts'
import { endsOfRole } from './ends-of-role.ts'
import type { RoadMap } from './road-map.ts'
import {
  type Crossing,
  type Edge,
  type End,
  ordinary,
  type State,
  sameActor,
} from './road-state.ts'

export interface Walk {
  readonly ends: readonly End[]
  /** It was given up after this many states: what lies behind is not known. */
  readonly givenUpAfter: number | undefined
}

interface Options {
  /** Also follow what is closed, to say what closes it. */
  readonly withClosed?: boolean
}

const MOST_STATES = 3_000_000

/**
 * Follows every road from a login, the shortest first. A state is entered once for each place where the
 * road can be cut, so the walk is as long as there is code.
 */
export function walk(login: string, map: RoadMap, { withClosed = false }: Options = {}): Walk {
  const roles = map.become(login)
  const queue: State[] = rolesToWalk(roles, map).map((becoming) => startAs(becoming, roles))
  const seen = new Set(queue.map(keyOf))
  const ends: End[] = []
  for (const state of queue) {
    if (queue.length > MOST_STATES) return { ends, givenUpAfter: MOST_STATES }
    ends.push(...endsOf(state, map).filter(({ closed }) => withClosed || closed === undefined))
    for (const edge of edgesOf(state, map, withClosed)) {
      const next = follow(edge, state, roles)
      if (!next || (next.closed !== undefined && !withClosed)) continue
      const key = keyOf(next)
      if (seen.has(key)) continue
      seen.add(key)
      queue.push(next)
    }
  }
  return { ends, givenUpAfter: undefined }
}

/** Roles that have the same privileges and attributes lead to the same rows: one of them is walked. */
function rolesToWalk(roles: ReadonlyMap<string, Becoming>, map: RoadMap): Becoming[] {
  const known = new Map<object, Map<string, Becoming>>()
  return [...roles.values()].filter((becoming) => {
    const has = map.graph.inherited(becoming.role)
    const { superuser, bypassRls } = map.graph.find(becoming.role) ?? {}
    const key = `${superuser} ${bypassRls} ${[...has].length}`
    const same = known.get(has) ?? new Map()
    known.set(has, same)
    if (same.has(key)) return false
    same.set(key, becoming)
    return true
  })
}

function startAs(becoming: Becoming, roles: ReadonlyMap<string, Becoming>): State {
  const { role, how } = becoming
  return {
    stop: { kind: 'role', role },
    actor: ordinary(role),
    crossing: how === 'login' ? undefined : { kind: 'role', becoming },
    step: becomingWords(becoming, roles),
    doubt: undefined,
    closed: undefined,
    from: undefined,
  }
}

function becomingWords(becoming: Becoming, roles: ReadonlyMap<string, Becoming>): string {
  const chain: string[] = []
  for (let at: Becoming | undefined = becoming; at && at.how !== 'login'; ) {
    chain.unshift(HOW[at.how](at))
    at = at.from === undefined ? undefined : roles.get(at.from)
  }
  const [first = '', ...others] = chain
  if (others.length <= 2) return chain.join(' → ')
  return [first, `${others.length - 1} more roles`, others.at(-1)].join(' → ')
}

const HOW: Readonly<Record<Exclude<Becoming['how'], 'login'>, (it: Becoming) => string>> = {
  set: ({ role }) => `SET ROLE ${role}`,
  admin: ({ role, via, from }) =>
    `grants itself ${role}, by the ADMIN OPTION${via === from ? '' : ` of ${via}`}`,
  createrole: ({ role }) => `grants itself ${role}, by CREATEROLE`,
}

function edgesOf(state: State, map: RoadMap, withClosed: boolean): Edge[] {
  const { stop } = state
  switch (stop.kind) {
    case 'role':
      // A superuser needs no road.
      if (map.graph.find(stop.role)?.superuser) return []
      return edgesOfRole(stop.role, map, withClosed)
    case 'relation':
      return edgesOfRelation(stop, state, map)
    case 'code':
      return edgesOfCode(stop, state, map)
  }
}

function endsOf(state: State, map: RoadMap): End[] {
  const { stop } = state
  switch (stop.kind) {
    case 'role':
      return endsOfRole(stop, state, map)
    case 'relation':
      return endsAtRelation(stop, state, map)
    case 'code':
      return endsInCode(stop, state, map)
  }
}

function follow(edge: Edge, from: State, roles: ReadonlyMap<string, Becoming>): State | undefined {
  const { stop, actor, step } = edge
  const isOwnPower = actor.force && actor.user === actor.as && roles.has(actor.as)
  // What a text does as the login, the login can do without it.
  if (stop.kind === 'code' && isOwnPower && !stop.fn.isAtomic) return undefined
  const crosses = !sameActor(actor, from.actor) && !isOwnPower
  return {
    stop,
    actor,
    step,
    from,
    crossing: from.crossing ?? (crosses ? edge.crossing : undefined),
    doubt: from.doubt ?? edge.doubt,
    closed: from.closed ?? edge.closed,
  }
}

function keyOf({ stop, actor, crossing, doubt, closed }: State): string {
  const parts = [
    stopKey(stop),
    actor.user,
    actor.as,
    actor.force,
    crossing ? crossingKey(crossing) : '',
    doubt === undefined,
    closed === undefined,
  ]
  return JSON.stringify(parts)
}

function stopKey(stop: State['stop']): string {
  switch (stop.kind) {
    case 'role':
      return stop.role
    case 'relation':
      return `${stop.relation.id} ${stop.command} ${stop.key ? stop.key.child : ''} ${stop.statement ? statementKey(stop.statement) : ''}`
    case 'code':
      return `${stop.fn.id}() ${stop.row?.id ?? ''}`
  }
}

const statementKeys = new WeakMap<object, number>()
let statements = 0

function statementKey(statement: object): number {
  const key = statementKeys.get(statement) ?? statements++
  statementKeys.set(statement, key)
  return key
}

/** What names the place where the road is cut: the same for every road through it. */
export function crossingKey(crossing: Crossing): string {
  switch (crossing.kind) {
    case 'role':
      return `role ${crossing.becoming.role}`
    case 'trigger':
      return `${crossing.isMade ? 'made ' : ''}trigger ${crossing.fn.id}`
    case 'function':
    case 'event trigger':
      return `${crossing.kind} ${crossing.fn.id}`
    case 'rule':
      return `rule ${crossing.relation.id} ${crossing.name}`
    case 'key':
      return `key ${crossing.key.child} ${crossing.key.name}`
    case 'view':
    case 'relation':
      return `${crossing.kind} ${crossing.relation.id}`
  }
}

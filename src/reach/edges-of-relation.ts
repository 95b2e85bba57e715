import type { CodePlace, ReachRelation } from '../catalog/reach/reach-facts.ts'
import { identifier, qualifiedName } from '../sql/quote.ts'
import { callFunction } from './call-function.ts'
import { edgesOfKeys } from './edges-of-keys.ts'
import { edgesOfStatements } from './edges-of-statements.ts'
import { edgesOfTriggers } from './edges-of-triggers.ts'
import type { RoadMap } from './road-map.ts'
import type { Edge, State, Stop } from './road-state.ts'

type OnRelation = Extract<Stop, { kind: 'relation' }>

/** The code that a command on a relation sets off: its view, its rules, its code, its foreign keys. */
export function edgesOfRelation(stop: OnRelation, state: State, map: RoadMap): Edge[] {
  const { relation, command } = stop
  if (command === 'truncate' || command === 'define') {
    if (command === 'define') return []
    return [...edgesOfTriggers(stop, state, map), ...ofRow(relation, stop, state, map)]
  }
  const places = map.index.placesOn(relation.id)
  if (relation.kind === 'view') {
    return [
      ...viewed(stop, state, map),
      ...places.flatMap((place) => ofRule(place, stop, state, map)),
      ...ofRow(relation, stop, state, map),
      ...edgesOfTriggers(stop, state, map),
    ]
  }
  return [
    ...places.flatMap((place) => ofRule(place, stop, state, map)),
    ...places.flatMap((place) => ofPolicy(place, stop, state, map)),
    ...map.index.familyOf(relation).flatMap((member) => ofRow(member, stop, state, map)),
    ...edgesOfTriggers(stop, state, map),
    ...edgesOfKeys(stop, state, map),
  ]
}

// Its tables are read as its owner, and as the caller where it is security_invoker; its functions always
// run as the caller.
function viewed({ relation, command }: OnRelation, { actor }: State, map: RoadMap): Edge[] {
  const inside = relation.securityInvoker ? actor.user : relation.owner
  const reading = { ...actor, as: inside }
  const crossing = { kind: 'view', relation } as const
  const step = relation.securityInvoker ? '' : `a view that reads as ${inside}`
  if (command !== 'select') {
    const base = relation.base === null ? undefined : map.index.relations.get(relation.base)
    if (!base) return []
    const writes = `a view that writes as ${inside}`
    return [
      {
        stop: { kind: 'relation', relation: base, command },
        actor: reading,
        step: relation.securityInvoker ? '' : writes,
        crossing,
      },
    ]
  }
  return map.index.placesOn(relation.id).flatMap((place): Edge[] =>
    place.kind !== 'view'
      ? []
      : [
          ...place.relations.flatMap((id): Edge[] => {
            const read = map.index.relations.get(id)
            if (!read) return []
            const next = { kind: 'relation', relation: read, command } as const
            return [{ stop: next, actor: reading, step, crossing }]
          }),
          ...calledIn(place, `view ${qualifiedName(relation)} calls`, actor.user, { actor }, map),
        ],
  )
}

// Also on a view that is security_invoker.
function ofRule(place: CodePlace, stop: OnRelation, { actor }: State, map: RoadMap): Edge[] {
  const { relation, command } = stop
  if (place.kind !== 'rule' || place.command !== command) return []
  const name = `rule ${identifier(place.name)} on ${qualifiedName(relation)}`
  const crossing = { kind: 'rule', relation, name: place.name } as const
  const code = { settings: [], owner: relation.owner }
  const acting = { ...actor, as: relation.owner }
  return [
    ...edgesOfStatements(place.body?.statements ?? [], { code, actor: acting, map, row: relation })
      .filter(({ stop: next }) => next.kind === 'relation')
      .map((edge) => ({ ...edge, step: `${name} ${edge.step}`, crossing })),
    ...calledIn(place, `${name} calls`, actor.user, { actor }, map),
  ]
}

function ofPolicy(place: CodePlace, stop: OnRelation, { actor }: State, map: RoadMap): Edge[] {
  const { relation, command } = stop
  if (place.kind !== 'policy' || !relation.rlsEnabled) return []
  if (place.command !== 'all' && place.command !== command) return []
  const words = `policy ${identifier(place.name)} on ${qualifiedName(relation)} calls`
  return calledIn(place, words, actor.user, { actor }, map)
}

/** The code of a row that is written: PostgreSQL asks for EXECUTE but behind an index. */
function ofRow(relation: ReachRelation, stop: OnRelation, { actor }: State, map: RoadMap): Edge[] {
  const { command, key } = stop
  if (command === 'select') return []
  const isWritten = command === 'insert' || command === 'update'
  return map.index.placesOn(relation.id).flatMap((place) => {
    const unasked = place.kind === 'exclusion' || place.kind === 'range'
    const isRun = place.kind === 'when' || (isWritten && (unasked || OF_ROWS.has(place.kind)))
    if (!isRun) return []
    const words = `${WORDS[place.kind] ?? place.kind} ${identifier(place.name)} of ${qualifiedName(relation)} calls`
    // Inside an action of a key it runs where FORCE does not count.
    const row = key ? { row: relation } : {}
    return calledIn(place, words, unasked ? undefined : actor.user, { actor, ...row }, map)
  })
}

const OF_ROWS: ReadonlySet<CodePlace['kind']> = new Set([
  'default',
  'check',
  'domain',
  'index',
  'partition key',
])

const WORDS: Readonly<Record<string, string>> = {
  default: 'column',
  when: 'condition of trigger',
  check: 'constraint',
  domain: 'domain constraint',
  exclusion: 'exclusion constraint',
  range: 'range type',
}

function calledIn(
  place: CodePlace,
  words: string,
  asked: string | undefined,
  { actor, row }: { actor: State['actor']; row?: ReachRelation },
  map: RoadMap,
): Edge[] {
  return place.functions.flatMap((id) => {
    const fn = map.index.functions.get(id)
    if (!fn) return []
    return callFunction(fn, { actor, asked, words, ...(row && { row }) }, map)
  })
}

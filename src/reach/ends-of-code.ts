import { RUNS_SQL } from '../catalog/reach/powerful-names.ts'
import type { ReachRelation } from '../catalog/reach/reach-facts.ts'
import type { RoadMap } from './road-map.ts'
import type { End, State, Stop } from './road-state.ts'
import { seesRows } from './sees-rows.ts'

/**
 * Where nobody can read what a body does: it puts SQL together, or its language is none that names are read
 * from. It may reach whatever the role may that it runs as.
 */
export function endsInCode(
  { fn }: Extract<Stop, { kind: 'code' }>,
  state: State,
  map: RoadMap,
): End[] {
  const { crossing, closed, actor } = state
  const doubt = unreadable(fn)
  if (!crossing || doubt === undefined) return []
  return map.tenancy.tenantRelations.flatMap((relation): End[] => {
    const because = powerOver(relation, actor, map)
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
        doubt,
        kind: 'anything',
        command: 'select',
        isNarrow: false,
      },
    ]
  })
}

function unreadable({ body, language }: Extract<Stop, { kind: 'code' }>['fn']): string | undefined {
  if (body.dynamicAt !== null) return `it puts SQL together and runs it (at ${body.dynamicAt})`
  if (body.isUnread) return `nothing is read of ${language}`
  const calls = body.statements.flatMap((statement) => statement.calls)
  const call = calls.find(({ name }) => RUNS_SQL.has(name))
  return call && `${call.name} runs SQL that it is given (at ${call.at})`
}

/** What a role could do to the rows of every tenant, if its code wanted to; undefined: nothing. */
export function powerOver(
  relation: ReachRelation,
  actor: State['actor'],
  map: RoadMap,
): string | undefined {
  const { as, force } = actor
  const own = map.tenancy.ownRowOf(relation)
  const secured = { ...relation, policies: map.index.policiesOf(relation) }
  if (map.rights.may(as, 'SELECT', relation)) {
    const sight = seesRows(map.graph, as, { relation: secured, command: 'select' }, { force, own })
    if (sight.verdict === 'all') return sight.because
  }
  if (map.rights.owns(as, relation)) return 'the owner, who may switch row security off'
  return map.rights.may(as, 'TRUNCATE', relation) ? 'which may truncate it' : undefined
}

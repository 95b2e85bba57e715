import type { ReachRelation } from '../catalog/reach/reach-facts.ts'
import { resolveFunction, resolveRelation } from './resolve-names.ts'
import type { RoadMap } from './road-map.ts'

type Visit =
  | { readonly relation: ReachRelation; readonly fn?: undefined }
  | { readonly fn: number; readonly relation?: undefined }

/** The tenant tables whose rows a materialized view keeps: read by its query, by views and functions in it. */
export function storedIn(view: ReachRelation, map: RoadMap): ReachRelation[] {
  const seen = new Set<ReachRelation>([view])
  const functions = new Set<number>()
  const queue: Visit[] = [{ relation: view }]
  for (const visit of queue) {
    const next = visit.relation ? readBy(visit.relation, map) : calledBy(visit.fn, map)
    for (const relation of next.relations) {
      if (!seen.has(relation)) queue.push({ relation })
      seen.add(relation)
    }
    for (const fn of next.functions) {
      if (!functions.has(fn)) queue.push({ fn })
      functions.add(fn)
    }
  }
  return [...seen].flatMap((relation) => {
    if (map.tenancy.standingOf(relation) === 'tenant') return relation
    return map.copied.get(relation)?.source ?? []
  })
}

interface Read {
  readonly relations: readonly ReachRelation[]
  readonly functions: readonly number[]
}

function readBy(relation: ReachRelation, { index }: RoadMap): Read {
  if (!['view', 'materialized view'].includes(relation.kind)) {
    return { relations: index.childrenOf(relation.id), functions: [] }
  }
  const places = index.placesOn(relation.id).filter(({ kind }) => kind === 'view')
  return {
    relations: places.flatMap((place) =>
      place.relations.flatMap((id) => index.relations.get(id) ?? []),
    ),
    functions: places.flatMap((place) => place.functions),
  }
}

function calledBy(id: number, { index }: RoadMap): Read {
  const fn = index.functions.get(id)
  if (!fn) return { relations: [], functions: [] }
  const { statements } = fn.body
  return {
    relations: statements.flatMap((statement) =>
      statement.relations.flatMap((named) => resolveRelation(named, fn, index).found),
    ),
    functions: [
      ...fn.parts,
      ...index.callsOf(id),
      ...statements.flatMap((statement) =>
        statement.calls.flatMap((named) =>
          resolveFunction(named, fn, index).found.map((f) => f.id),
        ),
      ),
    ],
  }
}

import { READS_PAST_POLICIES, RUNS_SQL } from '../catalog/reach/powerful-names.ts'
import type { ReachFunction, ReachRelation } from '../catalog/reach/reach-facts.ts'
import { qualifiedName } from '../sql/quote.ts'
import { holdsTenants } from './holds-tenants.ts'
import { resolveFunction, resolveRelation } from './resolve-names.ts'
import type { RoadMap } from './road-map.ts'

/** The rows that a materialized view keeps. */
export interface Stored {
  readonly tables: readonly ReachRelation[]
  /** In words, those of which it is not known whose they are. */
  readonly others: readonly string[]
}

/** Read by its query, by views and functions in it. */
export function storedIn(view: ReachRelation, map: RoadMap): Stored {
  const relations = new Set<ReachRelation>([view])
  const functions = new Set<ReachFunction>()
  const queue: (ReachRelation | ReachFunction)[] = [view]
  for (const visit of queue) {
    const next = 'body' in visit ? calledBy(visit, map) : readBy(visit, map)
    for (const relation of next.relations) {
      if (!relations.has(relation)) queue.push(relation)
      relations.add(relation)
    }
    for (const fn of next.functions.flatMap((id) => map.index.functions.get(id) ?? [])) {
      if (!functions.has(fn)) queue.push(fn)
      functions.add(fn)
    }
  }
  return {
    tables: [...relations].flatMap((relation) => sourceOf(relation, map) ?? []),
    others: [
      ...[...relations].flatMap((relation) => otherRows(relation, map) ?? []),
      ...[...functions].flatMap((fn) => unread(fn) ?? []),
    ],
  }
}

function sourceOf(
  relation: ReachRelation,
  { tenancy, copied }: RoadMap,
): ReachRelation | undefined {
  if (tenancy.standingOf(relation) === 'tenant') return relation
  return copied.get(relation)?.source
}

function otherRows(relation: ReachRelation, map: RoadMap): string | undefined {
  if (sourceOf(relation, map)) return undefined
  const name = qualifiedName(relation)
  if (map.tenancy.standingOf(relation) === 'catalog') return `rows of ${name}`
  if (relation.kind === 'foreign table' && map.tenancy.standingOf(relation) !== 'global') {
    return `rows that server ${relation.server} sent of ${name}`
  }
  const why = holdsTenants(relation, map)
  return why && `rows of ${name}, and ${why}`
}

/** What fills it is not known, where its code cannot be read. */
function unread({
  signature,
  name,
  body,
  isBuiltIn,
  extension,
}: ReachFunction): string | undefined {
  const isGiven = isBuiltIn || extension !== null
  const isPowerful = RUNS_SQL.has(name) || READS_PAST_POLICIES[name] !== undefined
  if (isGiven && isPowerful) return `what ${signature} returned`
  if (body.dynamicAt !== null) return `what ${signature} returned, which puts SQL together`
  return body.isUnread ? `what ${signature} returned, of which nothing is read` : undefined
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

function calledBy(fn: ReachFunction, { index }: RoadMap): Read {
  const { statements } = fn.body
  return {
    relations: statements.flatMap((statement) =>
      statement.relations.flatMap((named) => resolveRelation(named, fn, index).found),
    ),
    functions: [
      ...fn.parts,
      ...index.callsOf(fn.id),
      ...statements.flatMap((statement) =>
        statement.calls.flatMap((named) =>
          resolveFunction(named, fn, index).found.map(({ id }) => id),
        ),
      ),
    ],
  }
}

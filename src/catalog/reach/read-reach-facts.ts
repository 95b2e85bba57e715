import { qualifiedName } from '../../sql/quote.ts'
import { READ_POLICIES } from '../policy-query.ts'
import type { PolicyState } from '../policy-state.ts'
import type { Queryable } from '../read-only.ts'
import type { Snapshot } from '../snapshot.ts'
import {
  READ_CASTS,
  READ_KEY_ACTIONS,
  READ_OPERATORS,
  READ_REACH_EVENT_TRIGGERS,
  READ_REACH_TRIGGERS,
  READ_SUPPORT_FUNCTIONS,
} from './behaviour-queries.ts'
import { NO_BODY } from './body-facts.ts'
import { READ_REACH_FUNCTIONS } from './function-query.ts'
import { READ_DOMAINS } from './place-queries.ts'
import { POWERFUL_NAMES } from './powerful-names.ts'
import type { ReachFacts, ReachFunction, ReachRelation } from './reach-facts.ts'
import { readPlaces } from './read-places.ts'
import { READ_REACH_RELATIONS } from './relation-query.ts'
import { type KnownNames, scanBody } from './scan-body.ts'
import {
  READ_CATALOG_GRANTS,
  READ_LARGE_OBJECTS,
  READ_LARGE_OBJECTS_OPEN,
  READ_NONDETERMINISTIC,
  READ_REACH_MAPPINGS,
  readRoleGrants,
} from './surroundings-queries.ts'
import { baseOf } from './view-base.ts'

/**
 * Reads what leads to rows, in every schema, with a fixed number of queries and as any login. Run it in
 * the transaction of `readSnapshot`.
 *
 * @param snapshot holds the policies of the relations that it knows: they are not read twice
 */
export async function readReachFacts(
  db: Queryable,
  snapshot: Pick<Snapshot, 'serverVersion' | 'relations'>,
): Promise<ReachFacts> {
  const rows = async <T extends object>(query: string): Promise<T[]> =>
    (await db.query<T>(query)).rows
  const found = await rows<FoundRelation>(READ_REACH_RELATIONS)
  const sources = await rows<FoundFunction>(READ_REACH_FUNCTIONS)
  const known: KnownNames = {
    relations: new Set(found.map(({ name }) => name)),
    functions: new Set([...sources.map(({ name }) => name), ...POWERFUL_NAMES]),
  }
  const policies = await readPolicies(db, found, snapshot)
  const [large] = await rows<{ open: boolean }>(READ_LARGE_OBJECTS_OPEN)
  return {
    roleGrants: await rows(readRoleGrants(snapshot.serverVersion)),
    relations: found.map((relation) => relationOf(relation, found, policies)),
    functions: sources.map((source) => functionOf(source, known)),
    places: await readPlaces(db, known),
    triggers: await rows(READ_REACH_TRIGGERS),
    eventTriggers: await rows(READ_REACH_EVENT_TRIGGERS),
    keyActions: await rows(READ_KEY_ACTIONS),
    operators: await rows(READ_OPERATORS),
    casts: await rows(READ_CASTS),
    supportFunctions: await rows(READ_SUPPORT_FUNCTIONS),
    domains: await rows(READ_DOMAINS),
    userMappings: await rows(READ_REACH_MAPPINGS),
    largeObjects: await rows(READ_LARGE_OBJECTS),
    largeObjectsOpen: large?.open ?? false,
    catalogGrants: await rows(READ_CATALOG_GRANTS),
    nondeterministic: await rows(READ_NONDETERMINISTIC),
  }
}

type FoundRelation = Omit<ReachRelation, 'policies' | 'base'> & {
  readonly query: string | null
}

type FoundFunction = Omit<ReachFunction, 'body'> & { readonly source: string | null }

function relationOf(
  { query, ...relation }: FoundRelation,
  all: readonly FoundRelation[],
  policies: ReadonlyMap<number, PolicyState[]>,
): ReachRelation {
  return {
    ...relation,
    base: query === null ? null : baseOf(query, all),
    policies: policies.get(relation.id) ?? [],
  }
}

function functionOf({ source, ...fn }: FoundFunction, known: KnownNames): ReachFunction {
  if (source !== null) return { ...fn, body: scanBody(source, known) }
  const isUnread =
    !fn.isBuiltIn && fn.kind !== 'aggregate' && !['c', 'internal'].includes(fn.language)
  return { ...fn, body: { ...NO_BODY, isUnread } }
}

async function readPolicies(
  db: Queryable,
  relations: readonly FoundRelation[],
  snapshot: Pick<Snapshot, 'relations'>,
): Promise<Map<number, PolicyState[]>> {
  const known = new Set(snapshot.relations.map(qualifiedName))
  const others = relations.filter((r) => r.rlsEnabled && !known.has(qualifiedName(r)))
  if (others.length === 0) return new Map()
  const { rows } = await db.query<{ relation: number; members: PolicyState[] }>(READ_POLICIES, [
    others.map(({ id }) => id),
  ])
  return new Map(rows.map(({ relation, members }) => [relation, members]))
}

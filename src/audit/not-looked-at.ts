import { isDistributed } from '../catalog/is-distributed.ts'
import type { CheckContext } from '../checks/facts/context.ts'
import { freeRoles } from '../checks/facts/revoke-from-app.ts'
import { roadMap } from '../checks/facts/roads.ts'
import type { RoadMap } from '../reach/road-map.ts'
import { qualifiedName } from '../sql/quote.ts'

/** A part of the database that a report does not judge, however clean it is. */
export interface NotLookedAt {
  readonly what:
    | 'shards'
    | 'roads'
    | 'schemas'
    | 'global'
    | 'extensions'
    | 'languages'
    | 'user mappings'
  /** In order. */
  readonly names: readonly string[]
  readonly reason: string
}

/** Everything that the checks believed, or could not see. */
export function notLookedAt(context: CheckContext): NotLookedAt[] {
  const { snapshot, wanted } = context
  const map = roadMap(context)
  const parts: NotLookedAt[] = [
    {
      what: 'shards',
      names: isDistributed(snapshot) ? ['citus'] : [],
      reason: 'the shards on the workers were not read, and no restrictive policy holds there',
    },
    {
      what: 'roads',
      names: map ? [] : [snapshot.database],
      reason: 'the snapshot does not hold what leads to rows',
    },
    {
      what: 'schemas',
      names: map ? schemasBeside(map, context) : [],
      reason: 'the application may use tables there, and nothing says whose rows they hold',
    },
    {
      what: 'global',
      names: wanted.global.map(qualifiedName),
      reason: 'listed as of no tenant, which is believed',
    },
    {
      what: 'extensions',
      names: snapshot.extensions.filter((name) => name !== 'plpgsql'),
      reason: 'their functions in C and their own tables are trusted',
    },
    {
      what: 'languages',
      names: map ? unreadLanguages(map) : [],
      reason: 'bodies in them are not read',
    },
    {
      what: 'user mappings',
      names: [...new Set(snapshot.reach?.userMappings.map(({ server }) => server))],
      reason: 'the logins on other servers are hidden, and what those filter',
    },
  ]
  return parts
    .filter(({ names }) => names.length > 0)
    .map((part) => ({ ...part, names: part.names.toSorted() }))
}

function schemasBeside(map: RoadMap, context: CheckContext): string[] {
  const roles = [...freeRoles(context)]
  const used = [...map.index.relations.values()].filter(
    (relation) =>
      map.tenancy.standingOf(relation) === 'outside' &&
      roles.some(
        (role) =>
          map.rights.use(role, relation.schema) &&
          ['SELECT', 'INSERT', 'UPDATE', 'DELETE'].some((p) => map.rights.may(role, p, relation)),
      ),
  )
  return [...new Set(used.map(({ schema }) => schema))]
}

function unreadLanguages(map: RoadMap): string[] {
  const unread = [...map.index.functions.values()].filter(({ body }) => body.isUnread)
  return [...new Set(unread.map(({ language }) => language))]
}

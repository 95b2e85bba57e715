import type {
  OperatorFunction,
  ReachEventTrigger,
  ReachRelation,
} from '../catalog/reach/reach-facts.ts'
import { qualifiedName } from '../sql/quote.ts'
import { callFunction } from './call-function.ts'
import type { RoadMap } from './road-map.ts'
import { type Edge, ordinary, type RoadCommand } from './road-state.ts'

const PRIVILEGES: readonly (readonly [RoadCommand, string, string])[] = [
  ['select', 'SELECT', 'reads'],
  ['insert', 'INSERT', 'inserts into'],
  ['update', 'UPDATE', 'updates'],
  ['delete', 'DELETE', 'deletes from'],
  ['truncate', 'TRUNCATE', 'truncates'],
]

/** All that a role can begin itself: commands on relations, calls, and what its commands set off. */
export function edgesOfRole(role: string, map: RoadMap, withClosed: boolean): Edge[] {
  return [
    ...map.context.snapshot.reach.relations.flatMap((relation) =>
      commandsOn(relation, role, map, withClosed),
    ),
    ...calls(role, map, withClosed),
    ...operators(role, map),
    ...map.context.snapshot.reach.eventTriggers.flatMap((trigger) => setsOff(trigger, role, map)),
  ]
}

function commandsOn(
  relation: ReachRelation,
  role: string,
  { rights }: RoadMap,
  withClosed: boolean,
): Edge[] {
  const mayUse = rights.use(role, relation.schema)
  return PRIVILEGES.flatMap(([command, privilege, words]) => {
    const isOpen = mayUse && rights.may(role, privilege, relation)
    if (!isOpen && !withClosed) return []
    const missing = mayUse ? privilege : `USAGE of schema ${relation.schema}`
    return {
      stop: { kind: 'relation', relation, command },
      actor: ordinary(role),
      step: `${words} ${qualifiedName(relation)}`,
      closed: isOpen ? undefined : `${role} has no ${missing}`,
    }
  })
}

function calls(role: string, map: RoadMap, withClosed: boolean): Edge[] {
  return [...map.index.functions.values()].flatMap((fn) => {
    if (fn.returns === 'trigger' || fn.returns === 'event trigger' || fn.isBuiltIn) return []
    const mayUse = map.rights.use(role, fn.schema)
    if (!withClosed && !(mayUse && map.rights.execute(role, fn))) return []
    const words = fn.kind === 'procedure' ? 'calls' : 'executes'
    const closed = mayUse ? undefined : `${role} has no USAGE of schema ${fn.schema}`
    return callFunction(fn, { actor: ordinary(role), asked: role, words, closed }, map)
  })
}

// The schema of the function is not looked at: it was found when the operator was made.
function operators(role: string, map: RoadMap): Edge[] {
  const { operators: all, casts, domains, supportFunctions } = map.context.snapshot.reach
  const through = (id: number, words: string, asked: string | null = role) => {
    const fn = map.index.functions.get(id)
    // Other edges: calls.
    if (!fn || (asked !== null && map.rights.use(role, fn.schema))) return []
    return callFunction(fn, { actor: ordinary(role), asked: asked ?? undefined, words }, map)
  }
  const usable = (objects: readonly OperatorFunction[]) =>
    objects.filter(({ schema }) => map.rights.use(role, schema))
  return [
    ...usable(all).flatMap((operator) =>
      through(operator.function, `uses operator ${operator.name}, which calls`),
    ),
    ...usable(domains).flatMap((domain) =>
      through(domain.function, `casts to domain ${domain.name}, whose constraint calls`),
    ),
    ...casts.flatMap((cast) =>
      through(cast.function, `casts ${cast.source} to ${cast.target}, which calls`),
    ),
    // No role needs EXECUTE.
    ...supportFunctions.flatMap((family) =>
      through(family.function, `sorts or compares by ${family.name}, which calls`, null),
    ),
  ]
}

// Every role may comment on and grant what is its own, a temporary table above all.
function setsOff(trigger: ReachEventTrigger, role: string, map: RoadMap): Edge[] {
  const fn = map.index.functions.get(trigger.function)
  if (!fn || !trigger.isEnabled || !canSetOff(trigger, role, map)) return []
  return callFunction(
    fn,
    {
      actor: ordinary(role),
      asked: undefined,
      words: `${trigger.event === 'login' ? 'logs in' : 'makes a temporary table'}, and event trigger ${trigger.name} calls`,
      crossing: { kind: 'event trigger', name: trigger.name, fn },
    },
    map,
  )
}

const OF_TEMPORARY_TABLES =
  /TABLE|INDEX|VIEW|SEQUENCE|FUNCTION|TYPE|SELECT INTO|COMMENT|GRANT|REVOKE|TRIGGER|RULE/

function canSetOff({ event, tags }: ReachEventTrigger, role: string, map: RoadMap): boolean {
  if (event === 'login') return true
  if (tags?.every((tag) => !OF_TEMPORARY_TABLES.test(tag))) return false
  return map.context.snapshot.securedObjects.some(
    (object) =>
      (object.kind === 'database' && map.rights.has(role, 'TEMPORARY', object)) ||
      (['database', 'schema'].includes(object.kind) && map.rights.has(role, 'CREATE', object)),
  )
}

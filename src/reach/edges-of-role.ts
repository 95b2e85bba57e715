import type {
  OperatorFunction,
  ReachEventTrigger,
  ReachFunction,
  ReachRelation,
} from '../catalog/reach/reach-facts.ts'
import { qualifiedName } from '../sql/quote.ts'
import { type Call, callFunction } from './call-function.ts'
import { edgesOfOwnTriggers, makesTables, mayCreateIn } from './edges-of-own-triggers.ts'
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
    ...edgesOfOwnTriggers(role, map),
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
    const call = { actor: ordinary(role), asked: role, words, closed }
    return [...callFunction(fn, call, map), ...argumentsOf(fn, call, map)]
  })
}

// The default of an argument was looked up when the function was made, also in a schema that is closed.
function argumentsOf(fn: ReachFunction, call: Call, map: RoadMap): Edge[] {
  if (fn.securityDefiner || fn.isAtomic || fn.kind === 'aggregate') return []
  const words = `${call.words} ${fn.signature}, whose arguments call`
  return map.index.callsOf(fn.id).flatMap((id) => {
    const called = map.index.functions.get(id)
    return called ? callFunction(called, { ...call, words }, map) : []
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
      words: `${setting(trigger)}, and event trigger ${trigger.name} calls`,
      crossing: { kind: 'event trigger', name: trigger.name, fn },
    },
    map,
  )
}

function setting({ event, tags }: ReachEventTrigger): string {
  if (event === 'login') return 'logs in'
  const isOfTables = tags?.some((tag) => tag.endsWith(' TABLE')) ?? true
  return isOfTables ? 'makes a temporary table' : `gives the command ${tags?.[0]}`
}

const DEFAULT_PRIVILEGES = /^(?:ALTER DEFAULT PRIVILEGES|DROP OWNED|REASSIGN OWNED)$/

// Of these objects none is made in the schema of temporary ones.
const NEVER_TEMPORARY =
  /ACCESS METHOD|EXTENSION|FOREIGN|SERVER|USER MAPPING|LANGUAGE|EVENT TRIGGER|PUBLICATION|SUBSCRIPTION|TRANSFORM|SCHEMA|LARGE OBJECT|OPERATOR (?:CLASS|FAMILY)/

function canSetOff({ event, tags }: ReachEventTrigger, role: string, map: RoadMap): boolean {
  // Without any privilege: what it commands of its own.
  if (event === 'login' || tags?.some((tag) => DEFAULT_PRIVILEGES.test(tag))) return true
  if (!tags && event.startsWith('ddl_command')) return true
  return tags?.every((tag) => NEVER_TEMPORARY.test(tag))
    ? mayCreateIn(['database'], role, map)
    : makesTables(role, map)
}

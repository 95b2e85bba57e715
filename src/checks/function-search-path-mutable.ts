import type { ReachFunction } from '../catalog/reach/reach-facts.ts'
import { searchPathOf } from '../reach/resolve-names.ts'
import type { RoadMap } from '../reach/road-map.ts'
import { identifier } from '../sql/quote.ts'
import { type Check, defineCheck } from './check.ts'
import { codeUnderKeys } from './facts/code-under-keys.ts'
import { type FreeRole, rolesOfApp } from './facts/free-roles.ts'
import { pinSearchPath } from './facts/functions.ts'
import { roadMap } from './facts/roads.ts'
import { decision } from './facts/statements.ts'

export const functionSearchPathMutable: Check = defineCheck(
  {
    id: 'function-search-path-mutable',
    level: 'medium',
    title: 'The caller decides which objects a function finds that runs as another role',
    why:
      'Without a search_path of its own, or with a schema in it where the application creates objects, the ' +
      'function finds a table or an operator of the caller and uses it with the rights of the owner. ' +
      'Temporary tables come first unless pg_temp stands in the path. The action of a foreign key runs ' +
      'triggers as the owner of the table, with the search_path of its caller.',
    link: 'https://www.postgresql.org/docs/current/sql-createfunction.html#SQL-CREATEFUNCTION-SECURITY',
    broken: `create function public.today() returns date language sql security definer
  as 'select current_date';
alter function public.today() owner to app_owner`,
    fixed: 'alter function public.today() set search_path = pg_catalog, pg_temp',
    needs: 'roads',
  },
  (context) => {
    const map = roadMap(context)
    if (!map) return []
    const roles = rolesOfApp(context)
    const set = setOff(map)
    const definers = [...map.index.functions.values()].flatMap((fn) => {
      // Names in a parsed body were looked up when it was made.
      if (!fn.securityDefiner || fn.isBuiltIn || fn.extension !== null || fn.isAtomic) return []
      const isRun = set.has(fn.id) || roles.some(({ role }) => mayCall(role, fn, map))
      const fault = isRun ? faultOf(fn, roles, map) : undefined
      if (!fault) return []
      return {
        object: fn.signature,
        summary: `It runs as ${fn.owner} ${fault.how}.`,
        fix: fault.fix ?? pinSearchPath(fn, context),
      }
    })
    const underKeys = codeUnderKeys(map, roles).flatMap(({ fn, owner, key }) => {
      const fault = searchPathOf(fn) ? undefined : hiddenName([], fn, roles, map)
      if (!fault) return []
      return {
        object: fn.signature,
        summary: `Foreign key ${identifier(key)} makes it run as ${owner} ${fault.how}.`,
        fix: pinSearchPath(fn, context),
      }
    })
    return [...definers, ...underKeys]
  },
)

function setOff({ context }: RoadMap): ReadonlySet<number> {
  const { triggers, eventTriggers, places } = context.snapshot.reach
  return new Set([
    ...[...triggers, ...eventTriggers].map((trigger) => trigger.function),
    ...places.flatMap(({ functions }) => functions),
  ])
}

function mayCall(role: string, fn: ReachFunction, { rights }: RoadMap): boolean {
  return rights.execute(role, fn) && rights.use(role, fn.schema)
}

interface Fault {
  readonly how: string
  /** @default a path of its own */
  readonly fix?: string
}

function faultOf(fn: ReachFunction, roles: readonly FreeRole[], map: RoadMap): Fault | undefined {
  const path = searchPathOf(fn)
  if (!path) return { how: 'with the search_path of its caller' }
  return openSchema(path, roles, map) ?? hiddenName(path, fn, roles, map)
}

/** A schema of the path that takes objects of the application, or that it can create. */
function openSchema(
  path: readonly string[],
  roles: readonly FreeRole[],
  { rights, index, context }: RoadMap,
): Fault | undefined {
  const database = context.snapshot.securedObjects.find(({ kind }) => kind === 'database')
  for (const schema of path.filter((name) => !name.startsWith('pg_'))) {
    const creator = roles.find(({ role }) =>
      index.schema(schema)
        ? rights.create(role, schema)
        : database !== undefined && rights.has(role, 'CREATE', database),
    )
    if (!creator) continue
    return {
      how: `and finds objects in ${identifier(schema)}, where ${creator.who} may create them`,
      fix: decision(
        `Let only its owner create objects in ${identifier(schema)}, or take the schema out of the path.`,
      ),
    }
  }
  return undefined
}

/** PostgreSQL looks for tables and types among the temporary ones first, unless the path says otherwise. */
function hiddenName(
  path: readonly string[],
  { body }: ReachFunction,
  roles: readonly FreeRole[],
  { rights, context }: RoadMap,
): Fault | undefined {
  if (path.includes('pg_temp')) return undefined
  const named = body.statements
    .flatMap(({ relations }) => relations)
    .find(({ schema }) => schema === null)
  const database = context.snapshot.securedObjects.find(({ kind }) => kind === 'database')
  const creator = roles.find(
    ({ role }) => database !== undefined && rights.has(role, 'TEMPORARY', database),
  )
  if (!named || !creator) return undefined
  return {
    how: `and finds a temporary table of ${creator.who.replace(/,$/, '')} under the name ${identifier(named.name)}`,
  }
}

import type { TableName } from '../sql/table-name.ts'
import { grouped } from '../util/grouped.ts'
import { SIGNATURE } from './function-signature.ts'
import type { NamedCall } from './reach/body-facts.ts'
import { type KnownNames, scanBody } from './reach/scan-body.ts'
import type { Queryable } from './read-only.ts'
import type { RelationState } from './relation-state.ts'

/** The code and the logins of roles from which row security may hide every row. */
export interface OwnerFacts {
  /** The SECURITY DEFINER functions of the user. */
  readonly definers: readonly DefinerFacts[]
  /** The logins that row security binds. */
  readonly logins: readonly LoginFacts[]
}

export interface DefinerFacts {
  readonly signature: string
  readonly owner: string
  /**
   * The relations that its body names, and those of the functions that it calls; without a schema, the
   * search_path decides.
   */
  readonly relations: readonly { readonly schema: string | null; readonly name: string }[]
  /** A body of these puts SQL together, or is in a language that names are not read from. */
  readonly isOpen: boolean
  /** `log_change on public.projects` */
  readonly triggers: readonly string[]
}

export interface LoginFacts {
  readonly name: string
  /** The roles whose privileges and policies it has, its own among them. */
  readonly inherits: readonly string[]
  readonly reads: readonly TableName[]
}

// The triggers are grouped once: they have no index by function.
const READ_FUNCTIONS = `
  with called (function, triggers) as (
    select t.tgfoid, pg_catalog.array_agg(
      pg_catalog.format('%I on %I.%I', t.tgname, s.nspname, c.relname) order by
      pg_catalog.format('%I on %I.%I', t.tgname, s.nspname, c.relname))
    from pg_catalog.pg_trigger t
    join pg_catalog.pg_class c     on c.oid = t.tgrelid
    join pg_catalog.pg_namespace s on s.oid = c.relnamespace
    where t.tgfoid >= 16384 and not t.tgisinternal and t.tgparentid = 0
    group by t.tgfoid
  )
  select
    n.nspname                                                        as "schema",
    f.proname                                                        as "name",
    f.prosecdef                                                      as "isDefiner",
    ${SIGNATURE}                                                     as "signature",
    o.rolname                                                        as "owner",
    case when l.lanname in ('sql', 'plpgsql')
      then coalesce(pg_catalog.pg_get_function_sqlbody(f.oid), f.prosrc) end
                                                                     as "source",
    coalesce(called.triggers, '{}')                                  as "triggers"
  from pg_catalog.pg_proc f
  join pg_catalog.pg_namespace n on n.oid = f.pronamespace
  join pg_catalog.pg_roles o     on o.oid = f.proowner
  join pg_catalog.pg_language l  on l.oid = f.prolang
  left join called               on called.function = f.oid
  where f.oid >= 16384 and not exists (
    select from pg_catalog.pg_depend e
    where e.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass
      and e.objid = f.oid and e.deptype = 'e'
  )
  order by n.nspname, f.proname, f.oid
`

const READ_LOGINS = `
  select
    r.rolname as "name",
    array(
      select g.rolname::text from pg_catalog.pg_roles g
      where pg_catalog.pg_has_role(r.oid, g.oid, 'usage') order by 1
    )         as "inherits",
    coalesce(pg_catalog.json_agg(
      pg_catalog.json_build_object('schema', n.nspname, 'name', c.relname)
      order by n.nspname, c.relname
    ) filter (where pg_catalog.has_table_privilege(r.oid, c.oid, 'select')), '[]')
              as "reads"
  from pg_catalog.pg_roles r
  cross join pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where r.rolcanlogin and not r.rolsuper and not r.rolbypassrls
    and n.nspname = any($1::text[]) and c.relkind in ('r', 'p') and not c.relispartition
  group by r.oid, r.rolname
  order by r.rolname
`

/** Run it in the transaction of `readSnapshot`. */
export async function readOwnerFacts(
  db: Queryable,
  relations: readonly RelationState[],
): Promise<OwnerFacts> {
  const { rows } = await db.query<FunctionRow>(READ_FUNCTIONS)
  const names: KnownNames = {
    relations: new Set(relations.map(({ name }) => name)),
    functions: new Set(rows.map(({ name }) => name)),
  }
  const functions = rows.map((row) => ({ ...row, ...bodyOf(row.source, names) }))
  const schemas = [...new Set(relations.map(({ schema }) => schema))]
  return {
    definers: definersAmong(functions),
    logins: (await db.query<LoginFacts>(READ_LOGINS, [schemas])).rows,
  }
}

interface FunctionRow extends Pick<DefinerFacts, 'signature' | 'owner' | 'triggers'> {
  readonly schema: string
  readonly name: string
  readonly isDefiner: boolean
  /** null: in a language that names are not read from. */
  readonly source: string | null
}

type Body = Pick<DefinerFacts, 'relations' | 'isOpen'> & { readonly calls: readonly NamedCall[] }

function bodyOf(source: string | null, names: KnownNames): Body {
  if (source === null) return { relations: [], calls: [], isOpen: true }
  const { statements, dynamicAt } = scanBody(source, names)
  return {
    relations: statements.flatMap((statement) => statement.relations),
    calls: statements.flatMap((statement) => statement.calls),
    isOpen: dynamicAt !== null,
  }
}

function definersAmong(functions: readonly (FunctionRow & Body)[]): DefinerFacts[] {
  const byName = grouped(functions, ({ name }) => name)
  return functions
    .filter(({ isDefiner }) => isDefiner)
    .map((definer) => {
      const bodies = [...runAs(definer, byName)]
      const found = bodies.flatMap(({ relations }) => relations)
      const byRelation = new Map(
        found.map(({ schema, name }) => [`${schema}\n${name}`, { schema, name }]),
      )
      const { signature, owner, triggers } = definer
      const isOpen = bodies.some((body) => body.isOpen)
      return { signature, owner, triggers, relations: [...byRelation.values()], isOpen }
    })
}

/** The function, and those it calls that run as its owner too, whatever their arguments. */
function runAs<T extends FunctionRow & Body>(
  definer: T,
  byName: ReadonlyMap<string, readonly T[]>,
): ReadonlySet<T> {
  const found = new Set([definer])
  for (const { calls } of found) {
    for (const call of calls) {
      for (const called of byName.get(call.name) ?? []) {
        const isMeant = call.schema === null || call.schema === called.schema
        const isOfOwner = !called.isDefiner || called.owner === definer.owner
        // The set grows while it is walked through.
        if (isMeant && isOfOwner) found.add(called)
      }
    }
  }
  return found
}

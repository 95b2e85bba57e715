import { SIGNATURE } from './function-signature.ts'
import type { FunctionState } from './function-state.ts'
import type { Queryable } from './read-only.ts'

// Objects of the system catalog have an oid below FirstNormalObjectId.
const READ_FUNCTIONS = `
  select
    n.nspname                                                            as "schema",
    f.proname                                                            as "name",
    ${SIGNATURE}                                                         as "signature",
    case f.prokind when 'p' then 'procedure' else 'function' end         as "kind",
    o.rolname                                                            as "owner",
    l.lanname                                                            as "language",
    case f.provolatile when 'i' then 'immutable' when 's' then 'stable'
      else 'volatile' end                                                as "volatility",
    f.prorettype in (
      'pg_catalog.trigger'::pg_catalog.regtype, 'pg_catalog.event_trigger'::pg_catalog.regtype
    )                                                                    as "isTrigger",
    pg_catalog.pg_get_function_result(f.oid)                             as "result",
    f.proisstrict                                                        as "isStrict",
    remark.text                                                          as "comment",
    case when remark.text like 'Written by kysely-tenants%'
      then pg_catalog.pg_get_functiondef(f.oid) end                      as "definition",
    pg_catalog.md5(f.prosrc || coalesce(pg_catalog.pg_get_function_sqlbody(f.oid), ''))
                                                                         as "bodyHash",
    f.prosecdef                                                          as "securityDefiner",
    f.proleakproof                                                       as "leakproof",
    f.proparallel = 's'                                                  as "parallelSafe",
    coalesce(f.proconfig, '{}')                                          as "settings",
    f.oid < 16384                                                        as "isBuiltIn",
    exists (
      select from pg_catalog.pg_depend e
      where e.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass
        and e.objid = f.oid and e.deptype = 'e'
    )                                                                    as "inExtension",
    array(
      select g.rolname::text
      from pg_catalog.aclexplode(coalesce(f.proacl, pg_catalog.acldefault('f', f.proowner))) x
      left join pg_catalog.pg_roles g on g.oid = x.grantee
      where x.privilege_type = 'EXECUTE'
      order by 1 nulls first
    )                                                                    as "grantees",
    array(
      select a.rolname::text
      from pg_catalog.pg_roles a
      where a.rolname = any($1::text[])
        and pg_catalog.has_function_privilege(a.oid, f.oid, 'EXECUTE')
        and pg_catalog.has_schema_privilege(a.oid, f.pronamespace, 'USAGE')
      order by 1
    )                                                                    as "callers"
  from pg_catalog.pg_proc f
  join pg_catalog.pg_namespace n on n.oid = f.pronamespace
  join pg_catalog.pg_roles o     on o.oid = f.proowner
  join pg_catalog.pg_language l  on l.oid = f.prolang
  left join lateral (
    select pg_catalog.obj_description(f.oid, 'pg_proc')
  ) remark (text) on true
  where (f.oid >= 16384 and (
      f.prosecdef or f.proleakproof or f.proconfig is not null or f.proname = 'dblink_connect'
    ))
    or f.oid = 'pg_catalog.set_config(text, text, boolean)'::pg_catalog.regprocedure
    or f.oid in (
      select d.refobjid
      from pg_catalog.pg_depend d
      where d.refclassid = 'pg_catalog.pg_proc'::pg_catalog.regclass and d.classid in (
        'pg_catalog.pg_policy'::pg_catalog.regclass,
        'pg_catalog.pg_trigger'::pg_catalog.regclass,
        'pg_catalog.pg_attrdef'::pg_catalog.regclass
      )
    )
  order by n.nspname, f.proname, f.oid
`

export async function readFunctions(
  db: Queryable,
  appRoles: readonly string[],
): Promise<FunctionState[]> {
  return (await db.query<FunctionState>(READ_FUNCTIONS, [appRoles])).rows
}

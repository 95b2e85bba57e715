import { SIGNATURE } from '../function-signature.ts'
import { quotedNames } from './closed-catalogs.ts'
import { READS_PAST_POLICIES, RUNS_SQL } from './powerful-names.ts'

const POWERFUL = quotedNames([...RUNS_SQL, ...Object.keys(READS_PAST_POLICIES)])

/**
 * Every function that users made. Of those in C only the ones whose EXECUTE was revoked or that run SQL which
 * they are given; of the built-in ones these too, and those that are closed by default and were opened.
 */
export const READ_REACH_FUNCTIONS: string = `
  with init (id, acl) as (
    select i.objoid, i.initprivs
    from pg_catalog.pg_init_privs i
    where i.classoid = 'pg_catalog.pg_proc'::pg_catalog.regclass
  ),
  member (id, extension) as (
    select d.objid, x.extname
    from pg_catalog.pg_depend d
    join pg_catalog.pg_extension x on x.oid = d.refobjid
    where d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass and d.deptype = 'e'
      and d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
  ),
  chosen as (
    select f.*, n.nspname, l.lanname, l.lanpltrusted, init.acl as initial, member.extension
    from pg_catalog.pg_proc f
    join pg_catalog.pg_namespace n on n.oid = f.pronamespace
    join pg_catalog.pg_language l  on l.oid = f.prolang
    left join init                 on init.id = f.oid
    left join member               on member.id = f.oid
    where (f.oid >= 16384 and (
        member.extension is null or l.lanname <> 'c' or f.prosecdef or f.proacl is not null
        or f.proname in (${POWERFUL})
      ))
      or (f.oid < 16384 and f.proname in (${POWERFUL}))
      or (f.oid < 16384 and f.proacl is not null and exists (
        select from pg_catalog.aclexplode(f.proacl) x
        where x.privilege_type = 'EXECUTE' and (x.grantee = 0 or x.grantee >= 16384)
      ))
  )
  select
    f.oid                                                            as "id",
    f.nspname                                                        as "schema",
    f.proname                                                        as "name",
    ${SIGNATURE.replaceAll('n.nspname', 'f.nspname')}                as "signature",
    case f.prokind when 'p' then 'procedure' when 'a' then 'aggregate' else 'function' end
                                                                     as "kind",
    o.rolname                                                        as "owner",
    f.lanname                                                        as "language",
    -- The functions of a type are internal ones that PostgreSQL makes.
    f.lanpltrusted or f.extension is not null or f.oid < 16384 or f.prokind = 'a' or exists (
      select from pg_catalog.pg_depend d
      where d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass and d.objid = f.oid
        and d.deptype = 'i'
    )                                                                as "isTrusted",
    f.prosecdef                                                      as "securityDefiner",
    coalesce(f.proconfig, '{}')                                      as "settings",
    f.prosqlbody is not null                                         as "isAtomic",
    case
      when f.prorettype = 'pg_catalog.trigger'::pg_catalog.regtype then 'trigger'
      when f.prorettype = 'pg_catalog.event_trigger'::pg_catalog.regtype then 'event trigger'
      when f.proretset or t.typtype = 'c' or t.typcategory = 'A' or f.proallargtypes is not null
        or t.typname in ('record', 'json', 'jsonb', 'xml', 'hstore', 'refcursor') then 'rows'
      else 'value'
    end                                                              as "returns",
    pg_catalog.format_type(f.prorettype, null)                       as "returnType",
    f.extension                                                      as "extension",
    f.oid < 16384                                                    as "isBuiltIn",
    coalesce(f.initial is not null and not exists (
      select from pg_catalog.aclexplode(f.initial) x
      where x.grantee = 0 and x.privilege_type = 'EXECUTE'
    ), false)                                                        as "isClosedByDefault",
    array(
      select g.rolname::text
      from pg_catalog.aclexplode(coalesce(f.proacl, pg_catalog.acldefault('f', f.proowner))) x
      left join pg_catalog.pg_roles g on g.oid = x.grantee
      where x.privilege_type = 'EXECUTE' and (x.grantee = 0 or g.oid is not null)
      order by 1 nulls first
    )                                                                as "grantees",
    pg_catalog.md5(f.prosrc || coalesce(pg_catalog.pg_get_function_sqlbody(f.oid), ''))
                                                                     as "bodyHash",
    case when f.lanname in ('sql', 'plpgsql') and f.oid >= 16384
      then coalesce(pg_catalog.pg_get_function_sqlbody(f.oid), f.prosrc) end
                                                                     as "source",
    coalesce((
      select pg_catalog.array_agg(part::int8::int4) from (
        select pg_catalog.unnest(array[
          a.aggtransfn, a.aggfinalfn, a.aggcombinefn, a.aggserialfn, a.aggdeserialfn,
          a.aggmtransfn, a.aggminvtransfn, a.aggmfinalfn
        ]::pg_catalog.oid[]) as part
        from pg_catalog.pg_aggregate a where a.aggfnoid = f.oid
      ) parts where part >= 16384
    ), '{}')                                                         as "parts"
  from chosen f
  join pg_catalog.pg_roles o on o.oid = f.proowner
  join pg_catalog.pg_type t  on t.oid = f.prorettype
  order by f.nspname, f.proname, f.oid
`

import { SIGNATURE } from './function-signature.ts'

export const READ_COLUMNS: string = `
  with recursive base (type, base, typname, typtype, typbasetype) as (
    select t.oid, t.oid, t.typname, t.typtype, t.typbasetype
    from pg_catalog.pg_type t
    where t.oid in (
      select a.atttypid from pg_catalog.pg_attribute a where a.attrelid = any($1::oid[])
    )
    union all
    select b.type, t.oid, t.typname, t.typtype, t.typbasetype
    from base b
    join pg_catalog.pg_type t on t.oid = b.typbasetype
    where b.typtype = 'd'
  ),
  -- Once for each type, and not for each column.
  typed as materialized (
    select b.type, b.base, b.typname, pg_catalog.format_type(b.base, null) as name,
      coalesce((
        select n.nspname
        from pg_catalog.pg_operator o
        join pg_catalog.pg_namespace n on n.oid = o.oprnamespace
        where o.oprname = '=' and o.oprleft = b.base and o.oprright = b.base
        order by o.oid limit 1
      ), 'pg_catalog') as equality
    from base b
    where b.typtype <> 'd'
  )
  select a.attrelid as "relation", pg_catalog.json_agg(pg_catalog.json_build_object(
    'name',       a.attname,
    'type',       pg_catalog.format_type(a.atttypid, a.atttypmod),
    'baseType',   b.typname,
    'isDomain',   b.base <> b.type,
    'notNull',    a.attnotnull and not exists (
                    select from pg_catalog.pg_constraint k
                    where k.conrelid = a.attrelid and k.contype = 'n'
                      and k.conkey[1] = a.attnum and not k.convalidated
                  ),
    'default',    pg_catalog.pg_get_expr(d.adbin, d.adrelid),
    'isIdentity', a.attidentity <> '',
    'isGenerated', a.attgenerated <> '',
    'isVirtual',  a.attgenerated = 'v',
    'plainType',  b.name,
    'equality',   b.equality,
    'defaultFunctions', case when d.oid is null then '{}'::text[] else array(
                    select distinct ${SIGNATURE}
                    from pg_catalog.pg_depend e
                    join pg_catalog.pg_proc f      on f.oid = e.refobjid
                    join pg_catalog.pg_namespace n on n.oid = f.pronamespace
                    where e.refclassid = 'pg_catalog.pg_proc'::pg_catalog.regclass and (
                      (e.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass and e.objid = d.oid)
                      or (e.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
                        and e.objid = a.attrelid and e.objsubid = a.attnum))
                    order by 1
                  ) end,
    'defaultSequences', case when d.oid is null and b.base = b.type then '[]' else coalesce((
                    select pg_catalog.json_agg(distinct pg_catalog.jsonb_build_object(
                      'schema', n.nspname, 'name', s.relname))
                    from pg_catalog.pg_depend e
                    join pg_catalog.pg_class s     on s.oid = e.refobjid and s.relkind = 'S'
                    join pg_catalog.pg_namespace n on n.oid = s.relnamespace
                    where e.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass and (
                      (e.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass and e.objid = d.oid)
                      or (d.oid is null and b.base <> b.type
                        and e.classid = 'pg_catalog.pg_type'::pg_catalog.regclass
                        and e.objid = a.atttypid))
                  ), '[]') end
  ) order by a.attnum) as "members"
  from pg_catalog.pg_attribute a
  join typed b on b.type = a.atttypid
  left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where a.attrelid = any($1::oid[]) and a.attnum > 0 and not a.attisdropped
  group by a.attrelid
`

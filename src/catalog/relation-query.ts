/**
 * Starts from the schemas `$1` and follows views and inheritance in both directions: a view in another
 * schema reaches the rows of a tenant table like a view in the same one. Defaults lead to sequences.
 */
export const READ_RELATIONS = `
  with recursive edge (child, parent) as (
    select w.ev_class, d.refobjid
    from pg_catalog.pg_rewrite w
    join pg_catalog.pg_depend d
      on d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass and d.objid = w.oid
      and d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
      and d.refobjid <> w.ev_class and d.deptype = 'n'
    union
    select inhrelid, inhparent from pg_catalog.pg_inherits
  ),
  link (a, b) as (
    select child, parent from edge union select parent, child from edge
    -- A table and the sequence of a default.
    union
    select f.adrelid, d.refobjid
    from pg_catalog.pg_attrdef f
    join pg_catalog.pg_depend d
      on d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass and d.objid = f.oid
      and d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
      and d.refobjid <> f.adrelid
  ),
  candidate as (
    select c.oid, n.nspname
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
      and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
  ),
  reached (oid) as (
    select oid from candidate where nspname = any($1::text[])
    union
    select c.oid
    from reached
    join link        on link.a = reached.oid
    join candidate c on c.oid = link.b
  ),
  -- The edges are grouped once: a lookup for each view would search all of them each time.
  read (child, relations) as (
    select edge.child, pg_catalog.json_agg(pg_catalog.json_build_object(
      'schema', n.nspname, 'name', p.relname) order by n.nspname, p.relname)
    from edge
    join pg_catalog.pg_class p     on p.oid = edge.parent
    join pg_catalog.pg_namespace n on n.oid = p.relnamespace
    group by edge.child
  )
  select
    c.oid,
    n.nspname                                                      as "schema",
    c.relname                                                      as "name",
    case c.relkind when 'r' then 'table' when 'p' then 'partitioned table' when 'v' then 'view'
      when 'm' then 'materialized view' when 'f' then 'foreign table'
      else 'sequence' end                                          as "kind",
    o.rolname                                                      as "owner",
    c.relrowsecurity                                               as "rlsEnabled",
    c.relforcerowsecurity                                          as "rlsForced",
    c.relispartition                                               as "isPartition",
    exists (
      select from pg_catalog.pg_options_to_table(c.reloptions) option
      where option.option_name = 'security_invoker' and option.option_value::boolean
    )                                                              as "securityInvoker",
    exists (
      select from pg_catalog.pg_depend e
      where e.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
        and e.objid = c.oid and e.deptype = 'e'
    )                                                              as "inExtension",
    (
      select x.extname
      from pg_catalog.pg_depend e
      join pg_catalog.pg_extension x on x.oid = e.refobjid
      where e.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
        and e.objid = c.oid and e.deptype = 'e'
    )                                                              as "extension",
    c.relpersistence = 'u'                                         as "isUnlogged",
    pg_catalog.round(c.reltuples::float8)                          as "estimatedRows",
    array(
      select a.attname::text
      from pg_catalog.pg_partitioned_table t
      cross join lateral pg_catalog.unnest(t.partattrs::int2[]) with ordinality k (attnum, position)
      left join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum
      where t.partrelid = c.oid
      order by k.position
    )                                                              as "partitionKey",
    coalesce((
      select pg_catalog.json_agg(pg_catalog.json_build_object(
        'schema', pn.nspname, 'name', p.relname) order by i.inhseqno)
      from pg_catalog.pg_inherits i
      join pg_catalog.pg_class p      on p.oid = i.inhparent
      join pg_catalog.pg_namespace pn on pn.oid = p.relnamespace
      where i.inhrelid = c.oid
    ), '[]')                                                       as "parents",
    coalesce(read.relations, '[]')                                 as "reads",
    case when c.relkind in ('v', 'm')
      then pg_catalog.md5(pg_catalog.pg_get_viewdef(c.oid)) end    as "queryHash",
    array(
      select w.rulename::text from pg_catalog.pg_rewrite w
      where w.ev_class = c.oid and w.rulename <> '_RETURN'
      order by w.rulename
    )                                                              as "rules",
    coalesce((
      select pg_catalog.json_agg(pg_catalog.json_build_object(
        'schema', sn.nspname, 'name', s.stxname) order by sn.nspname, s.stxname)
      from pg_catalog.pg_statistic_ext s
      join pg_catalog.pg_namespace sn on sn.oid = s.stxnamespace
      where s.stxrelid = c.oid
    ), '[]')                                                       as "statistics"
  from reached
  join pg_catalog.pg_class c     on c.oid = reached.oid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  join pg_catalog.pg_roles o     on o.oid = c.relowner
  left join read                 on read.child = c.oid and c.relkind in ('v', 'm')
  order by n.nspname, c.relname
`

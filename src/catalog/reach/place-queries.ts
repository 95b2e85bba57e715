const CLASS = `'pg_catalog.pg_class'::pg_catalog.regclass`
const PROC = `'pg_catalog.pg_proc'::pg_catalog.regclass`

// An operator stands for its function.
const REFERENCE = `
  select classid, objid, objsubid, refclassid, refobjid
  from pg_catalog.pg_depend
  where deptype in ('n', 'a') and refobjid >= 16384 and refclassid in (${CLASS}, ${PROC})
    and classid in (
      'pg_catalog.pg_rewrite'::pg_catalog.regclass, 'pg_catalog.pg_policy'::pg_catalog.regclass,
      'pg_catalog.pg_attrdef'::pg_catalog.regclass,
      'pg_catalog.pg_constraint'::pg_catalog.regclass, ${CLASS}, ${PROC}
    )
  union all
  select d.classid, d.objid, d.objsubid, ${PROC}, o.oprcode
  from pg_catalog.pg_depend d
  join pg_catalog.pg_operator o on o.oid = d.refobjid
  where d.deptype in ('n', 'a') and d.refobjid >= 16384 and o.oprcode >= 16384
    and d.refclassid = 'pg_catalog.pg_operator'::pg_catalog.regclass`

/** Which functions and relations stand in the code of relations, and which functions in a function. */
export const READ_REFERENCES: string = `
  with reference as materialized (${REFERENCE}),
  referred as (
    select case when w.rulename = '_RETURN' then 'view' else 'rule' end as kind, w.ev_class as host,
      w.rulename as name, case w.ev_type when '1' then 'select' when '2' then 'update'
        when '3' then 'insert' when '4' then 'delete' end as command, r.refclassid, r.refobjid
    from reference r
    join pg_catalog.pg_rewrite w on w.oid = r.objid
    where r.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
      and not (r.refclassid = ${CLASS} and r.refobjid = w.ev_class)
    union all
    select 'policy', p.polrelid, p.polname, case p.polcmd when 'r' then 'select'
      when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete' else 'all' end,
      r.refclassid, r.refobjid
    from reference r
    join pg_catalog.pg_policy p on p.oid = r.objid
    where r.classid = 'pg_catalog.pg_policy'::pg_catalog.regclass
      and not (r.refclassid = ${CLASS} and r.refobjid = p.polrelid)
    union all
    select 'default', d.adrelid, a.attname, null, r.refclassid, r.refobjid
    from reference r
    join pg_catalog.pg_attrdef d   on d.oid = r.objid
    join pg_catalog.pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
    where r.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass and r.refclassid = ${PROC}
    union all
    -- Generated columns.
    select 'default', c.oid, a.attname, null, r.refclassid, r.refobjid
    from reference r
    join pg_catalog.pg_class c     on c.oid = r.objid and c.relkind in ('r', 'p', 'f')
    join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum = r.objsubid
    where r.classid = ${CLASS} and r.objsubid > 0 and r.refclassid = ${PROC}
    union all
    select case k.contype when 'x' then 'exclusion' else 'check' end, k.conrelid, k.conname, null,
      r.refclassid, r.refobjid
    from reference r
    join pg_catalog.pg_constraint k on k.oid = r.objid and k.conrelid <> 0
    where r.classid = 'pg_catalog.pg_constraint'::pg_catalog.regclass and r.refclassid = ${PROC}
    union all
    -- Of these PostgreSQL keeps no dependency.
    select 'exclusion', k.conrelid, k.conname, null, ${PROC}, o.oprcode
    from pg_catalog.pg_constraint k
    cross join lateral pg_catalog.unnest(k.conexclop) operator
    join pg_catalog.pg_operator o on o.oid = operator
    where k.contype = 'x' and o.oprcode >= 16384
    union all
    select 'index', i.indrelid, c.relname, null, r.refclassid, r.refobjid
    from reference r
    join pg_catalog.pg_index i on i.indexrelid = r.objid
    join pg_catalog.pg_class c on c.oid = i.indexrelid
    where r.classid = ${CLASS} and r.refclassid = ${PROC}
    union all
    select 'function', r.objid, '', null, r.refclassid, r.refobjid
    from reference r
    where r.classid = ${PROC} and r.refclassid = ${PROC}
  )
  select kind, host as "on", name, command,
    coalesce(pg_catalog.array_agg(distinct refobjid) filter (where refclassid = ${PROC}), '{}')
      as "functions",
    coalesce(pg_catalog.array_agg(distinct refobjid) filter (where refclassid = ${CLASS}), '{}')
      as "relations"
  from referred
  group by kind, host, name, command
  order by kind, host, name, command
`

/** A type brings code along: CHECKs of domains, the distance function of ranges. */
export const READ_TYPE_PLACES: string = `
  with recursive code (kind, type, name, function) as (
    select 'domain', k.contypid, k.conname::text, d.refobjid
    from pg_catalog.pg_constraint k
    join pg_catalog.pg_depend d
      on d.classid = 'pg_catalog.pg_constraint'::pg_catalog.regclass and d.objid = k.oid
      and d.refclassid = ${PROC} and d.refobjid >= 16384
    where k.contypid <> 0
    union all
    select 'range', r.rngtypid, pg_catalog.format_type(r.rngtypid, null), r.rngsubdiff::oid
    from pg_catalog.pg_range r where r.rngsubdiff::oid >= 16384
  ),
  used (type, kind, name, function) as (
    select type, kind, name, function from code
    union
    select t.oid, u.kind, u.name, u.function
    from used u
    join pg_catalog.pg_type t on (t.typbasetype = u.type and t.typtype = 'd') or t.typelem = u.type
  )
  select u.kind, a.attrelid as "on", u.name, null as "command",
    pg_catalog.array_agg(distinct u.function) as "functions", '{}'::oid[] as "relations"
  from used u
  join pg_catalog.pg_attribute a on a.atttypid = u.type and a.attnum > 0 and not a.attisdropped
  join pg_catalog.pg_class c     on c.oid = a.attrelid and c.relkind in ('r', 'p', 'f', 'm')
  group by u.kind, a.attrelid, u.name
`

/** The statements that rules carry out instead or besides. */
export const READ_RULES = `
  select w.ev_class as "on", w.rulename as "name",
    case w.ev_type when '1' then 'select' when '2' then 'update' when '3' then 'insert'
      when '4' then 'delete' end                  as "command",
    pg_catalog.pg_get_ruledef(w.oid)              as "source"
  from pg_catalog.pg_rewrite w
  join pg_catalog.pg_class c on c.oid = w.ev_class
  where w.rulename <> '_RETURN' and w.ev_class >= 16384 and w.ev_enabled in ('O', 'A')
  order by w.ev_class, w.rulename
`

import { CLOSED_CATALOGS, quotedNames, STATISTICS_VIEWS } from './closed-catalogs.ts'
import { READS_PAST_POLICIES, RUNS_SQL } from './powerful-names.ts'

const CLASS = `'pg_catalog.pg_class'::pg_catalog.regclass`
const PROC = `'pg_catalog.pg_proc'::pg_catalog.regclass`

// An operator stands for its function.
const REFERENCE = `
  select classid, objid, objsubid, refclassid, refobjid, refobjsubid
  from pg_catalog.pg_depend
  where deptype in ('n', 'a') and refobjid >= 16384 and refclassid in (${CLASS}, ${PROC})
    and classid in (
      'pg_catalog.pg_rewrite'::pg_catalog.regclass, 'pg_catalog.pg_policy'::pg_catalog.regclass,
      'pg_catalog.pg_attrdef'::pg_catalog.regclass, 'pg_catalog.pg_trigger'::pg_catalog.regclass,
      'pg_catalog.pg_constraint'::pg_catalog.regclass, ${CLASS}, ${PROC},
      'pg_catalog.pg_type'::pg_catalog.regclass
    )
  union all
  select d.classid, d.objid, d.objsubid, ${PROC}, o.oprcode, 0
  from pg_catalog.pg_depend d
  join pg_catalog.pg_operator o on o.oid = d.refobjid
  where d.deptype in ('n', 'a') and d.refobjid >= 16384 and o.oprcode >= 16384
    and d.refclassid = 'pg_catalog.pg_operator'::pg_catalog.regclass`

/** Of what comes with PostgreSQL no dependency is kept. */
const PINNED = `
  select ${CLASS} as class, c.oid, ':relid ' || c.oid || ' ' as text
  from pg_catalog.pg_class c
  where c.relnamespace = 'pg_catalog'::pg_catalog.regnamespace
    and c.relname in (${quotedNames([...Object.keys(CLOSED_CATALOGS), ...Object.keys(STATISTICS_VIEWS)])})
  union all
  select ${PROC}, f.oid, ':funcid ' || f.oid || ' '
  from pg_catalog.pg_proc f
  where f.oid < 16384 and f.proname in (${quotedNames([...RUNS_SQL, ...Object.keys(READS_PAST_POLICIES)])})`

const RULE_COMMAND = `case w.ev_type when '1' then 'select' when '2' then 'update'
  when '3' then 'insert' when '4' then 'delete' end`

/** Which functions and relations stand in the code of relations, and which functions in a function. */
export const READ_REFERENCES: string = `
  with reference as materialized (${REFERENCE}),
  pinned as materialized (${PINNED}),
  pattern (text) as (
    select pg_catalog.string_agg(pinned.text, '|') from pinned
  ),
  in_rule as (
    select objid, refclassid, refobjid, pg_catalog.bool_or(refobjsubid > 0) as names_column
    from reference
    where classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
    group by objid, refclassid, refobjid
  ),
  referred as (
    select case when w.rulename = '_RETURN' then 'view' else 'rule' end as kind, w.ev_class as host,
      w.rulename as name, ${RULE_COMMAND} as command, r.refclassid, r.refobjid
    from in_rule r
    join pg_catalog.pg_rewrite w on w.oid = r.objid
    where not (r.refclassid = ${CLASS} and r.refobjid = w.ev_class)
      -- A constant such as 'projects'::regclass reads nothing.
      and (r.refclassid <> ${CLASS} or r.names_column
        or pg_catalog.strpos(w.ev_action::text, ':relid ' || r.refobjid || ' ') > 0)
    union all
    select case when w.rulename = '_RETURN' then 'view' else 'rule' end, w.ev_class, w.rulename,
      ${RULE_COMMAND}, pinned.class, pinned.oid
    from pg_catalog.pg_rewrite w
    cross join pattern
    join pinned on pg_catalog.strpos(w.ev_action::text, pinned.text) > 0
    where w.ev_class >= 16384 and w.ev_action::text ~ pattern.text
    union all
    -- The condition of a trigger.
    select 'when', t.tgrelid, t.tgname, null, r.refclassid, r.refobjid
    from reference r
    join pg_catalog.pg_trigger t
      on t.oid = r.objid and t.tgfoid <> r.refobjid and t.tgenabled in ('O', 'A')
    where r.classid = 'pg_catalog.pg_trigger'::pg_catalog.regclass and r.refclassid = ${PROC}
    union all
    select 'partition key', c.oid, c.relname, null, r.refclassid, r.refobjid
    from reference r
    join pg_catalog.pg_class c on c.oid = r.objid and c.relkind = 'p'
    where r.classid = ${CLASS} and r.objsubid = 0 and r.refclassid = ${PROC}
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
    -- The default of a domain is that of its columns, but of those that have one.
    select 'default', a.attrelid, a.attname, null, r.refclassid, r.refobjid
    from reference r
    join pg_catalog.pg_type t      on t.oid = r.objid and t.typtype = 'd'
    join pg_catalog.pg_attribute a
      on a.atttypid = t.oid and a.attnum > 0 and not a.attisdropped and not a.atthasdef
    join pg_catalog.pg_class c     on c.oid = a.attrelid and c.relkind in ('r', 'p', 'f', 'v')
    where r.classid = 'pg_catalog.pg_type'::pg_catalog.regclass and r.refclassid = ${PROC}
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
    cross join lateral (
      select oid from pg_catalog.pg_type where typbasetype = u.type and typtype = 'd'
      union all
      select oid from pg_catalog.pg_type where typelem = u.type
      union all
      -- Composite types and rows of tables.
      select c.reltype
      from pg_catalog.pg_attribute a
      join pg_catalog.pg_class c on c.oid = a.attrelid and c.reltype <> 0
      where a.atttypid = u.type and a.attnum > 0 and not a.attisdropped
    ) t
  )
  select u.kind, a.attrelid as "on", u.name, null as "command",
    pg_catalog.array_agg(distinct u.function) as "functions", '{}'::oid[] as "relations"
  from used u
  join pg_catalog.pg_attribute a on a.atttypid = u.type and a.attnum > 0 and not a.attisdropped
  join pg_catalog.pg_class c     on c.oid = a.attrelid and c.relkind in ('r', 'p', 'f', 'm')
  group by u.kind, a.attrelid, u.name
`

/** The functions behind the CHECKs of domains, which any value that is cast to them meets. */
export const READ_DOMAINS: string = `
  select pg_catalog.format('%I.%I', n.nspname, t.typname) as "name", n.nspname as "schema",
    d.refobjid as "function"
  from pg_catalog.pg_constraint k
  join pg_catalog.pg_type t      on t.oid = k.contypid
  join pg_catalog.pg_namespace n on n.oid = t.typnamespace
  join pg_catalog.pg_depend d
    on d.classid = 'pg_catalog.pg_constraint'::pg_catalog.regclass and d.objid = k.oid
    and d.refclassid = ${PROC} and d.refobjid >= 16384
  where k.contypid <> 0
  order by 1, 3
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

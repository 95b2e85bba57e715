import { SIGNATURE } from './function-signature.ts'

// An operator that is not LEAKPROOF is evaluated after the policies, so that it is never a condition of
// the index. Built-in functions leave no dependency: the usual ones are known by name.
const LEAKY_CLASSES = `
  select distinct oc.oid
  from (
    select distinct pg_catalog.unnest(indclass::oid[]) as oid
    from pg_catalog.pg_index where indrelid = any($1::oid[])
  ) used
  join pg_catalog.pg_opclass oc on oc.oid = used.oid
  join pg_catalog.pg_am m       on m.oid = oc.opcmethod
  join pg_catalog.pg_amop o     on o.amopfamily = oc.opcfamily
    and o.amoplefttype = oc.opcintype and o.amoprighttype = oc.opcintype
  join pg_catalog.pg_operator p on p.oid = o.amopopr
  join pg_catalog.pg_proc f     on f.oid = p.oprcode
  where not f.proleakproof and (m.amname not in ('btree', 'hash') or p.oprname = '=')`

const IS_LEAKPROOF = `k.opclass not in (select oid from leaky) and not (k.attnum = 0 and (
    pg_catalog.pg_get_indexdef(i.indexrelid, k.position, true) ~ '(lower|upper|date_trunc|->)'
    or exists (
      select from pg_catalog.pg_depend d
      join pg_catalog.pg_proc f on f.oid = d.refobjid
      where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = i.indexrelid
        and d.refclassid = 'pg_catalog.pg_proc'::pg_catalog.regclass and not f.proleakproof
    )
  ))`

export const READ_INDEXES: string = `
  with leaky as materialized (${LEAKY_CLASSES})
  select i.indrelid as "relation", pg_catalog.json_agg(pg_catalog.json_build_object(
    'name',        c.relname,
    'columns',     array(
                     select a.attname
                     from pg_catalog.unnest(i.indkey::int2[]) with ordinality k (attnum, position)
                     left join pg_catalog.pg_attribute a
                       on a.attrelid = i.indrelid and a.attnum = k.attnum
                     where k.position <= i.indnkeyatts
                     order by k.position
                   ),
    'keys',        array(
                     select pg_catalog.pg_get_indexdef(i.indexrelid, position, true)
                     from pg_catalog.generate_series(1, i.indnkeyatts::int) position
                   ),
    'leakproof',   array(
                     select ${IS_LEAKPROOF}
                     from pg_catalog.generate_series(1, i.indnkeyatts::int) key
                     cross join lateral (
                       select i.indkey[key - 1], i.indclass[key - 1], key
                     ) k (attnum, opclass, position)
                     order by k.position
                   ),
    'method',      m.amname,
    'isUnique',    i.indisunique,
    'isPrimary',   i.indisprimary,
    'isValid',     i.indisvalid and i.indisready,
    'predicate',   pg_catalog.pg_get_expr(i.indpred, i.indrelid),
    'constraint',  k.conname,
    'isPartition', c.relispartition,
    'definition',  pg_catalog.pg_get_indexdef(i.indexrelid),
    'constraintDefinition', pg_catalog.pg_get_constraintdef(k.oid),
    'isReplicaIdentity', i.indisreplident,
    'extras',      pg_catalog.json_build_object(
                     'comment', pg_catalog.obj_description(c.oid, 'pg_class'),
                     'constraintComment', pg_catalog.obj_description(k.oid, 'pg_constraint'),
                     'isClustered', i.indisclustered,
                     'statistics', array(
                       -- The default is NULL from PostgreSQL 17 on.
                       select coalesce(a.attstattarget::int, -1)
                       from pg_catalog.pg_attribute a
                       where a.attrelid = i.indexrelid and a.attnum between 1 and i.indnkeyatts
                       order by a.attnum
                     ),
                     'options', array(
                       select pg_catalog.format('%I=%L', o.option_name, o.option_value)
                       from pg_catalog.pg_options_to_table(c.reloptions) o
                     ),
                     'tablespace', (
                       select s.spcname from pg_catalog.pg_tablespace s
                       where s.oid = c.reltablespace
                     )
                   ),
    'dependents',  array(
                     select pg_catalog.format('view %I.%I', n.nspname, v.relname)
                     from pg_catalog.pg_depend d
                     join pg_catalog.pg_rewrite w   on w.oid = d.objid
                     join pg_catalog.pg_class v     on v.oid = w.ev_class
                     join pg_catalog.pg_namespace n on n.oid = v.relnamespace
                     where d.refclassid = 'pg_catalog.pg_constraint'::pg_catalog.regclass
                       and d.refobjid = k.oid
                       and d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
                     union
                     select 'function ' || ${SIGNATURE}
                     from pg_catalog.pg_depend d
                     join pg_catalog.pg_proc f      on f.oid = d.objid
                     join pg_catalog.pg_namespace n on n.oid = f.pronamespace
                     where d.refclassid = 'pg_catalog.pg_constraint'::pg_catalog.regclass
                       and d.refobjid = k.oid
                       and d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass
                     order by 1
                   )
  ) order by c.relname) as "members"
  from pg_catalog.pg_index i
  join pg_catalog.pg_class c on c.oid = i.indexrelid
  join pg_catalog.pg_am m    on m.oid = c.relam
  left join pg_catalog.pg_constraint k
    on k.conindid = i.indexrelid and k.conrelid = i.indrelid and k.contype in ('p', 'u', 'x')
  where i.indrelid = any($1::oid[])
  group by i.indrelid
`

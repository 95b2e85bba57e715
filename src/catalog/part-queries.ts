// Each answers for the relations `$1` with one row a relation: its oid and a list of what it has.

/** Of the function `f` in the schema `n`: ready for SQL. */
export const SIGNATURE = `pg_catalog.format('%I.%I(%s)', n.nspname, f.proname,
  pg_catalog.pg_get_function_identity_arguments(f.oid))`

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
                  ) end
  ) order by a.attnum) as "parts"
  from pg_catalog.pg_attribute a
  join base b on b.type = a.atttypid and b.typtype <> 'd'
  left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where a.attrelid = any($1::oid[]) and a.attnum > 0 and not a.attisdropped
  group by a.attrelid
`

// The tree of a clause tells USING from WITH CHECK, which pg_depend does not. But in a sub-select
// varno 1 is another table: only what pg_depend knows as a column of this one counts.
function mentioned(clause: string): string {
  return `array(
    select a.attname::text
    from pg_catalog.pg_attribute a
    where a.attrelid = p.polrelid
      and exists (
        select from pg_catalog.pg_depend d
        where d.classid = 'pg_catalog.pg_policy'::pg_catalog.regclass and d.objid = p.oid
          and d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
          and d.refobjid = p.polrelid and d.refobjsubid = a.attnum
      )
      and ${clause}::text ~ pg_catalog.format('\\{VAR :varno 1 :varattno %s ', a.attnum)
    order by a.attnum
  )`
}

export const READ_POLICIES: string = `
  select p.polrelid as "relation", pg_catalog.json_agg(pg_catalog.json_build_object(
    'name',         p.polname,
    'permissive',   p.polpermissive,
    'command',      case p.polcmd when 'r' then 'select' when 'a' then 'insert'
                      when 'w' then 'update' when 'd' then 'delete' else 'all' end,
    'roles',        array(
                      select r.rolname from pg_catalog.pg_roles r
                      where r.oid = any(p.polroles) order by r.rolname
                    ),
    'using',        pg_catalog.pg_get_expr(p.polqual, p.polrelid),
    'check',        pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid),
    'usingColumns', ${mentioned('p.polqual')},
    'checkColumns', ${mentioned('p.polwithcheck')},
    'functions',    array(
                      select ${SIGNATURE}
                      from pg_catalog.pg_depend d
                      join pg_catalog.pg_proc f      on f.oid = d.refobjid
                      join pg_catalog.pg_namespace n on n.oid = f.pronamespace
                      where d.classid = 'pg_catalog.pg_policy'::pg_catalog.regclass
                        and d.objid = p.oid
                        and d.refclassid = 'pg_catalog.pg_proc'::pg_catalog.regclass
                      group by n.nspname, f.proname, f.oid
                      order by 1
                    ),
    'relations',    coalesce((
                      select pg_catalog.json_agg(distinct pg_catalog.jsonb_build_object(
                        'schema', n.nspname, 'name', r.relname))
                      from pg_catalog.pg_depend d
                      join pg_catalog.pg_class r     on r.oid = d.refobjid
                      join pg_catalog.pg_namespace n on n.oid = r.relnamespace
                      where d.classid = 'pg_catalog.pg_policy'::pg_catalog.regclass
                        and d.objid = p.oid
                        and d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
                        and d.refobjid <> p.polrelid
                    ), '[]'),
    'comment',      m.description
  ) order by p.polname) as "parts"
  from pg_catalog.pg_policy p
  left join pg_catalog.pg_description m
    on m.classoid = 'pg_catalog.pg_policy'::pg_catalog.regclass
    and m.objoid = p.oid and m.objsubid = 0
  where p.polrelid = any($1::oid[])
  group by p.polrelid
`

// An operator that is not LEAKPROOF waits until the policies have spoken, so it is never a condition
// of the index. Built-in functions leave no dependency: the usual ones are known by name.
const LEAKY_CLASSES = `
  select distinct oc.oid
  from pg_catalog.pg_opclass oc
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
  ) order by c.relname) as "parts"
  from pg_catalog.pg_index i
  join pg_catalog.pg_class c on c.oid = i.indexrelid
  join pg_catalog.pg_am m    on m.oid = c.relam
  left join pg_catalog.pg_constraint k
    on k.conindid = i.indexrelid and k.conrelid = i.indrelid and k.contype in ('p', 'u', 'x')
  where i.indrelid = any($1::oid[])
  group by i.indrelid
`

function columnNames(relation: string, key: string): string {
  return `array(
    select a.attname
    from pg_catalog.unnest(${key}) with ordinality u (attnum, position)
    join pg_catalog.pg_attribute a on a.attrelid = ${relation} and a.attnum = u.attnum
    order by u.position
  )`
}

function action(code: string): string {
  return `case ${code} when 'r' then 'restrict' when 'c' then 'cascade' when 'n' then 'set null'
    when 'd' then 'set default' else 'no action' end`
}

export const READ_FOREIGN_KEYS: string = `
  select k.conrelid as "relation", pg_catalog.json_agg(pg_catalog.json_build_object(
    'name',              k.conname,
    'columns',           ${columnNames('k.conrelid', 'k.conkey')},
    'references',        pg_catalog.json_build_object('schema', n.nspname, 'name', r.relname),
    'referencedColumns', ${columnNames('k.confrelid', 'k.confkey')},
    'onDelete',          ${action('k.confdeltype')},
    -- Before 15 there is no such column.
    'onDeleteColumns',   array(
                           select a.attname
                           from pg_catalog.pg_attribute a
                           where a.attrelid = k.conrelid and a.attnum > 0
                             and pg_catalog.to_jsonb(k) -> 'confdelsetcols'
                               @> pg_catalog.to_jsonb(a.attnum)
                           order by a.attnum
                         ),
    'onUpdate',          ${action('k.confupdtype')},
    'deferrable',        k.condeferrable,
    'deferred',          k.condeferred,
    'match',             case k.confmatchtype when 'f' then 'full' when 'p' then 'partial'
                           else 'simple' end,
    -- Both are columns of 18.
    'isEnforced',        coalesce((pg_catalog.to_jsonb(k) ->> 'conenforced')::boolean, true),
    'isTemporal',        coalesce((pg_catalog.to_jsonb(k) ->> 'conperiod')::boolean, false),
    'definition',        pg_catalog.pg_get_constraintdef(k.oid),
    'isPartition',       k.conparentid <> 0
  ) order by k.conname) as "parts"
  from pg_catalog.pg_constraint k
  join pg_catalog.pg_class r     on r.oid = k.confrelid
  join pg_catalog.pg_namespace n on n.oid = r.relnamespace
  where k.contype = 'f' and k.conrelid = any($1::oid[])
  group by k.conrelid
`

// A privilege can be granted twice: on the table and on a column, by the owner and by somebody else.
export const READ_GRANTS = `
  with acl (relation, "column", acl) as (
    select c.oid, null, coalesce(c.relacl, pg_catalog.acldefault(
      case c.relkind when 'S' then 's' else 'r' end::"char", c.relowner))
    from pg_catalog.pg_class c where c.oid = any($1::oid[])
    union all
    select a.attrelid, a.attname::text, a.attacl
    from pg_catalog.pg_attribute a
    where a.attrelid = any($1::oid[]) and a.attacl is not null and not a.attisdropped
  ),
  granted as (
    select acl.relation, r.rolname as grantee, x.privilege_type as privilege,
      pg_catalog.array_remove(pg_catalog.array_agg(acl."column" order by acl."column"), null)
        as columns,
      g.rolname as grantor, x.is_grantable
    from acl
    cross join lateral pg_catalog.aclexplode(acl.acl) x
    join pg_catalog.pg_roles g      on g.oid = x.grantor
    left join pg_catalog.pg_roles r on r.oid = x.grantee
    group by acl.relation, r.rolname, x.privilege_type, acl."column" is null, g.rolname,
      x.is_grantable
  )
  select relation, pg_catalog.json_agg(pg_catalog.json_build_object(
    'grantee', grantee, 'privilege', privilege, 'columns', columns, 'grantor', grantor,
    'isGrantable', is_grantable
  ) order by grantee nulls first, privilege, columns, grantor, is_grantable) as "parts"
  from granted
  group by relation
`

// SELECT, INSERT, UPDATE and REFERENCES can be granted on a column alone.
export const READ_PRIVILEGES = `
  select c.oid as "relation", pg_catalog.json_agg(pg_catalog.json_build_object(
    'role',      a.rolname,
    'privilege', p.privilege,
    'granted',   case when p.privilege in ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES')
                   then pg_catalog.has_any_column_privilege(a.oid, c.oid, p.privilege)
                   else pg_catalog.has_table_privilege(a.oid, c.oid, p.privilege) end
  ) order by a.rolname, p.position) as "parts"
  from pg_catalog.pg_class c
  join pg_catalog.pg_roles a on a.rolname = any($2::text[])
  cross join pg_catalog.unnest(
    array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'] ||
    case when pg_catalog.current_setting('server_version_num')::int >= 170000
      then array['MAINTAIN'] else array[]::text[] end
  ) with ordinality p (privilege, position)
  where c.oid = any($1::oid[]) and c.relkind <> 'S'
  group by c.oid
`

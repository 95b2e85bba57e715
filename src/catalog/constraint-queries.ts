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
    -- A column of PostgreSQL 15 and later.
    'onDeleteColumns',   array(
                           select a.attname
                           from pg_catalog.pg_attribute a
                           where k.confdeltype in ('n', 'd')
                             and a.attrelid = k.conrelid and a.attnum > 0
                             and pg_catalog.to_jsonb(k) -> 'confdelsetcols'
                               @> pg_catalog.to_jsonb(a.attnum)
                           order by a.attnum
                         ),
    'onUpdate',          ${action('k.confupdtype')},
    'deferrable',        k.condeferrable,
    'deferred',          k.condeferred,
    'match',             case k.confmatchtype when 'f' then 'full' when 'p' then 'partial'
                           else 'simple' end,
    -- Both are columns of PostgreSQL 18.
    'isEnforced',        coalesce((pg_catalog.to_jsonb(k) ->> 'conenforced')::boolean, true),
    'isTemporal',        coalesce((pg_catalog.to_jsonb(k) ->> 'conperiod')::boolean, false),
    'definition',        pg_catalog.pg_get_constraintdef(k.oid),
    'isPartition',       k.conparentid <> 0,
    'comment',           pg_catalog.obj_description(k.oid, 'pg_constraint')
  ) order by k.conname) as "members"
  from pg_catalog.pg_constraint k
  join pg_catalog.pg_class r     on r.oid = k.confrelid
  join pg_catalog.pg_namespace n on n.oid = r.relnamespace
  where k.contype = 'f' and k.conrelid = any($1::oid[])
  group by k.conrelid
`

export const READ_CONSTRAINTS = `
  select k.conrelid as "relation", pg_catalog.json_agg(pg_catalog.json_build_object(
    'name',        k.conname,
    'kind',        case k.contype when 'c' then 'check' when 'f' then 'foreign key'
                     when 'n' then 'not null' when 'x' then 'exclusion' else 'other' end,
    'columns',     array(
                     select a.attname
                     from pg_catalog.pg_attribute a
                     where a.attrelid = k.conrelid and a.attnum = any(k.conkey)
                     order by a.attnum
                   ),
    'isValid',     k.convalidated,
    'definition',  pg_catalog.pg_get_constraintdef(k.oid),
    'isPartition', k.conparentid <> 0 or not k.conislocal
  ) order by k.conname) as "members"
  from pg_catalog.pg_constraint k
  where k.conrelid = any($1::oid[]) and (k.contype = 'x' or not k.convalidated)
  group by k.conrelid
`

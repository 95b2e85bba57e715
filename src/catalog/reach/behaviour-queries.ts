export const READ_REACH_TRIGGERS = `
  select t.tgrelid as "relation", t.tgname as "name", t.tgfoid as "function",
    t.tgenabled in ('O', 'A')  as "isEnabled",
    t.tgtype & 2 = 2           as "isBefore",
    t.tgtype & 64 = 64         as "isInsteadOf",
    t.tgtype & 1 = 1           as "isForEachRow",
    t.tgoldtable is not null or t.tgnewtable is not null as "hasTransitions",
    array_remove(array[
      case when t.tgtype & 4 = 4 then 'insert' end, case when t.tgtype & 16 = 16 then 'update' end,
      case when t.tgtype & 8 = 8 then 'delete' end, case when t.tgtype & 32 = 32 then 'truncate' end
    ], null)                   as "commands"
  from pg_catalog.pg_trigger t
  where not t.tgisinternal and t.tgfoid >= 16384
  order by t.tgrelid, t.tgname
`

export const READ_REACH_EVENT_TRIGGERS = `
  select evtname as "name", evtevent as "event", evtfoid as "function",
    evtenabled in ('O', 'A') as "isEnabled", evttags as "tags"
  from pg_catalog.pg_event_trigger
  order by evtname
`

function columnNames(relation: string, key: string): string {
  return `array(
    select a.attname::text
    from pg_catalog.unnest(${key}) with ordinality u (attnum, position)
    join pg_catalog.pg_attribute a on a.attrelid = ${relation} and a.attnum = u.attnum
    order by u.position
  )`
}

function action(code: string): string {
  return `case ${code} when 'c' then 'cascade' when 'n' then 'set' when 'd' then 'set' end`
}

/** All foreign keys: one that does nothing still tells whether a row is there. */
export const READ_KEY_ACTIONS: string = `
  select k.conname as "name", k.conrelid as "child", k.confrelid as "parent",
    ${columnNames('k.conrelid', 'k.conkey')}   as "columns",
    ${columnNames('k.confrelid', 'k.confkey')} as "referencedColumns",
    ${action('k.confdeltype')}                 as "onDelete",
    ${action('k.confupdtype')}                 as "onUpdate"
  from pg_catalog.pg_constraint k
  where k.contype = 'f' and k.conparentid = 0
  order by k.conrelid, k.conname
`

export const READ_OPERATORS = `
  select pg_catalog.format('%I.%s', n.nspname, o.oprname) as "name", n.nspname as "schema",
    o.oprcode::oid as "function"
  from pg_catalog.pg_operator o
  join pg_catalog.pg_namespace n on n.oid = o.oprnamespace
  where o.oid >= 16384 and o.oprcode >= 16384
  order by 1, 3
`

/** The functions that sort, compare and hash for an index or an ORDER BY. */
export const READ_SUPPORT_FUNCTIONS = `
  select pg_catalog.format('%I.%I', n.nspname, f.opfname) as "name", n.nspname as "schema",
    p.amproc::oid as "function"
  from pg_catalog.pg_amproc p
  join pg_catalog.pg_opfamily f  on f.oid = p.amprocfamily
  join pg_catalog.pg_namespace n on n.oid = f.opfnamespace
  where p.oid >= 16384 and p.amproc::oid >= 16384
  order by 1, 3
`

export const READ_CASTS = `
  select pg_catalog.format_type(c.castsource, null) as "source",
    pg_catalog.format_type(c.casttarget, null) as "target", c.castfunc::oid as "function"
  from pg_catalog.pg_cast c
  where c.oid >= 16384 and c.castfunc >= 16384
  order by 1, 2
`

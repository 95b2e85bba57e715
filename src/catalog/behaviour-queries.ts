import { SIGNATURE } from './function-signature.ts'

// `new.x =` assigns at the start of a statement; elsewhere it compares.
export const READ_TRIGGERS: string = `
  select t.tgrelid as "relation", pg_catalog.json_agg(pg_catalog.json_build_object(
    'name',        t.tgname,
    'function',    ${SIGNATURE},
    'isInternal',  t.tgisinternal and (t.tgparentid = 0 or t.tgconstraint <> 0),
    'isEnabled',   t.tgenabled in ('O', 'A'),
    'isAlways',    t.tgenabled = 'A',
    'isBeforeRow', t.tgtype & 3 = 3,
    'updateOf',    case when t.tgtype & 16 = 16 then array(
                     select a.attname
                     from pg_catalog.unnest(t.tgattr::int2[]) with ordinality k (attnum, position)
                     join pg_catalog.pg_attribute a
                       on a.attrelid = t.tgrelid and a.attnum = k.attnum
                     order by k.position
                   ) end,
    'isSystem',    t.tgisinternal,
    'assigns',     array(
                     select distinct pg_catalog.lower(pg_catalog.btrim(found[1], '"'))
                     from pg_catalog.regexp_matches(f.prosrc,
                       '(?:^|;|\\mbegin|\\mthen|\\melse|\\mloop)\\s*new\\.("[^"]+"|\\w+)\\s*:?=',
                       'gi') found
                     order by 1
                   )
  ) order by t.tgname) as "members"
  from pg_catalog.pg_trigger t
  join pg_catalog.pg_proc f      on f.oid = t.tgfoid
  join pg_catalog.pg_namespace n on n.oid = f.pronamespace
  where t.tgrelid = any($1::oid[]) and (
    not t.tgisinternal or t.tgenabled not in ('O', 'A') or (t.tgparentid <> 0 and t.tgconstraint = 0)
  )
  group by t.tgrelid
`

// Before PostgreSQL 15 the function returns the table alone.
export const READ_PUBLICATIONS = `
  select t.relid as "relation", pg_catalog.json_agg(pg_catalog.json_build_object(
    'name',         p.pubname,
    'namesTable',   exists (
                      select from pg_catalog.pg_publication_rel r
                      where r.prpubid = p.oid and r.prrelid = t.relid
                    ),
    'hasRowFilter', pg_catalog.to_jsonb(t) ->> 'qual' is not null
  ) order by p.pubname) as "members"
  from pg_catalog.pg_publication p
  cross join lateral pg_catalog.pg_get_publication_tables(p.pubname::text) t
  where t.relid = any($1::oid[])
  group by t.relid
`

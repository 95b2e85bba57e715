import { SIGNATURE } from './function-signature.ts'

// `new.x =` assigns at the start of a statement; elsewhere it compares.
export const READ_TRIGGERS: string = `
  select t.tgrelid as "relation", pg_catalog.json_agg(pg_catalog.json_build_object(
    'name',        t.tgname,
    'function',    ${SIGNATURE},
    'isInternal',  t.tgisinternal,
    'isEnabled',   t.tgenabled in ('O', 'A'),
    'isBeforeRow', t.tgtype & 3 = 3,
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
  where t.tgrelid = any($1::oid[]) and (not t.tgisinternal or t.tgenabled not in ('O', 'A'))
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

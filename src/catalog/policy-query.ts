import { SIGNATURE } from './function-signature.ts'

// The tree of a clause tells USING from WITH CHECK, which pg_depend does not. In a sub-select, however,
// varno 1 is another table: a column counts only where pg_depend knows it as one of this table.
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
  ) order by p.polname) as "members"
  from pg_catalog.pg_policy p
  left join pg_catalog.pg_description m
    on m.classoid = 'pg_catalog.pg_policy'::pg_catalog.regclass
    and m.objoid = p.oid and m.objsubid = 0
  where p.polrelid = any($1::oid[])
  group by p.polrelid
`

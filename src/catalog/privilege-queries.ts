// A privilege can be granted twice: on the table and on a column, by the owner and by another role.
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
  ) order by grantee nulls first, privilege, columns, grantor, is_grantable) as "members"
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
  ) order by a.rolname, p.position) as "members"
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

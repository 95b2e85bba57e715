import { CLOSED_CATALOGS, quotedNames } from './closed-catalogs.ts'

/** @param serverVersion before 16 both options are those of the member, or none */
export function readRoleGrants(serverVersion: number): string {
  const options =
    serverVersion >= 160000
      ? `pg_catalog.bool_or(a.inherit_option) as "inherits", pg_catalog.bool_or(a.set_option) as "canSet"`
      : `pg_catalog.bool_or(m.rolinherit) as "inherits", true as "canSet"`
  return `
  select r.rolname as "role", m.rolname as "member",
    pg_catalog.bool_or(a.admin_option) as "admin", ${options},
    -- REVOKE without GRANTED BY means the first superuser, whose oid is 10.
    coalesce(pg_catalog.array_agg(distinct g.rolname::text order by g.rolname::text)
      filter (where a.grantor <> 10 and g.oid is not null), '{}') as "grantors"
  from pg_catalog.pg_auth_members a
  left join pg_catalog.pg_roles g on g.oid = a.grantor
  join pg_catalog.pg_roles r on r.oid = a.roleid
  join pg_catalog.pg_roles m on m.oid = a.member
  group by r.rolname, m.rolname
  order by r.rolname, m.rolname`
}

export const READ_REACH_MAPPINGS = `
  select m.srvname as "server", r.rolname as "role"
  from pg_catalog.pg_user_mappings m
  left join pg_catalog.pg_roles r on r.oid = m.umuser
  where m.umuser = 0 or r.oid is not null
  order by 1, 2 nulls first
`

export const READ_LARGE_OBJECTS = `
  with kind (owner, acl, count) as (
    select m.lomowner, m.lomacl, pg_catalog.count(*)::int
    from pg_catalog.pg_largeobject_metadata m
    group by m.lomowner, m.lomacl
  )
  select o.rolname as "owner", kind.count as "count", coalesce((
    select pg_catalog.json_agg(pg_catalog.json_build_object(
      'grantee', g.rolname, 'privilege', x.privilege_type
    ) order by g.rolname nulls first, x.privilege_type)
    from pg_catalog.aclexplode(kind.acl) x
    left join pg_catalog.pg_roles g on g.oid = x.grantee
  ), '[]') as "grants"
  from kind
  join pg_catalog.pg_roles o on o.oid = kind.owner
  order by o.rolname, kind.count
`

const CLOSED = quotedNames(Object.keys(CLOSED_CATALOGS))

export const READ_CATALOG_GRANTS: string = `
  with acl (relation, acl, owner) as (
    select c.relname, c.relacl, c.relowner
    from pg_catalog.pg_class c
    where c.relnamespace = 'pg_catalog'::pg_catalog.regnamespace and c.relname in (${CLOSED})
    union all
    select c.relname, a.attacl, c.relowner
    from pg_catalog.pg_attribute a
    join pg_catalog.pg_class c on c.oid = a.attrelid
    where c.relnamespace = 'pg_catalog'::pg_catalog.regnamespace and c.relname in (${CLOSED})
      and a.attacl is not null
      -- All of it may be read but where it connects to and how.
      and (c.relname <> 'pg_subscription' or a.attname = 'subconninfo')
    union all
    -- Long values of rows.
    select c.relname, c.relacl, c.relowner
    from pg_catalog.pg_class c
    where c.relkind = 't' and c.relacl is not null
  )
  select distinct acl.relation as "relation", g.rolname as "grantee", x.privilege_type as "privilege"
  from acl
  cross join lateral pg_catalog.aclexplode(acl.acl) x
  left join pg_catalog.pg_roles g on g.oid = x.grantee
  where (x.grantee = 0 or g.oid is not null) and x.grantee <> acl.owner
  order by 1, 2 nulls first, 3
`

export const READ_NONDETERMINISTIC = `
  select a.attrelid as "relation", a.attname as "column",
    pg_catalog.format('%I.%I', n.nspname, l.collname) as "collation"
  from pg_catalog.pg_attribute a
  join pg_catalog.pg_class c     on c.oid = a.attrelid and c.relkind in ('r', 'p', 'f', 'm')
  join pg_catalog.pg_collation l on l.oid = a.attcollation and not l.collisdeterministic
  join pg_catalog.pg_namespace n on n.oid = l.collnamespace
  where a.attnum > 0 and not a.attisdropped
  order by 1, 2
`

export const READ_LARGE_OBJECTS_OPEN = `
  select pg_catalog.current_setting('lo_compat_privileges')::boolean as "open"
`

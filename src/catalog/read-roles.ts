import type { Queryable } from './read-only.ts'
import type { Membership, RoleState } from './role-state.ts'
import type { SettingDefault } from './snapshot.ts'

const READ_ROLES = `
  select
    rolname        as "name",
    rolsuper       as "superuser",
    rolbypassrls   as "bypassRls",
    rolcanlogin    as "canLogIn",
    rolcreaterole  as "createRole",
    rolreplication as "replication"
  from pg_catalog.pg_roles
  order by rolname
`

// Before PostgreSQL 16 every member could SET ROLE, and there was no privilege SET.
const READ_MEMBERSHIPS = `
  with subject as (
    select m.oid, m.rolname
    from pg_catalog.pg_roles m
    where not m.rolsuper and (
      m.rolname = any($1::text[])
      or exists (
        select from pg_catalog.pg_roles s
        where s.rolname = any($1::text[]) and not s.rolsuper
          and pg_catalog.pg_has_role(s.oid, m.oid, 'MEMBER')
      )
    )
  ),
  reached as (
    select
      m.rolname                                                                as "member",
      r.rolname                                                                as "role",
      exists (
        select from pg_catalog.pg_auth_members a where a.member = m.oid and a.roleid = r.oid
      )                                                                        as "isDirect",
      pg_catalog.pg_has_role(m.oid, r.oid, 'USAGE')                            as "inherits",
      pg_catalog.pg_has_role(m.oid, r.oid,
        case when pg_catalog.current_setting('server_version_num')::int >= 160000
          then 'SET' else 'MEMBER' end)                                        as "canSet",
      pg_catalog.pg_has_role(m.oid, r.oid, 'MEMBER WITH ADMIN OPTION')         as "administers"
    from subject m
    join pg_catalog.pg_roles r on r.oid <> m.oid
  )
  select * from reached where "inherits" or "canSet" or "administers" order by "member", "role"
`

// Defaults of other databases do not concern a session of this one.
const READ_SETTING_DEFAULTS = `
  select
    d.datname                                                          as "database",
    r.rolname                                                          as "role",
    pg_catalog.lower(pg_catalog.split_part(entry, '=', 1))             as "setting",
    pg_catalog.substr(entry, pg_catalog.strpos(entry, '=') + 1)        as "value"
  from pg_catalog.pg_db_role_setting s
  left join pg_catalog.pg_database d on d.oid = s.setdatabase
  left join pg_catalog.pg_roles r    on r.oid = s.setrole
  cross join lateral pg_catalog.unnest(s.setconfig) entry
  where s.setdatabase = 0 or d.datname = pg_catalog.current_database()
  order by 1 nulls first, 2 nulls first, 3
`

export async function readRoles(db: Queryable): Promise<RoleState[]> {
  return (await db.query<RoleState>(READ_ROLES)).rows
}

export async function readMemberships(
  db: Queryable,
  members: readonly string[],
): Promise<Membership[]> {
  return (await db.query<Membership>(READ_MEMBERSHIPS, [[...new Set(members)]])).rows
}

export async function readSettingDefaults(db: Queryable): Promise<SettingDefault[]> {
  return (await db.query<SettingDefault>(READ_SETTING_DEFAULTS)).rows
}

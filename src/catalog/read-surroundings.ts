import type { Queryable } from './read-only.ts'
import type { Snapshot } from './snapshot.ts'

type Surroundings = Pick<
  Snapshot,
  'securedObjects' | 'defaultGrants' | 'userMappings' | 'eventTriggers' | 'largeObjects'
>

const GRANTS = `coalesce((
    select pg_catalog.json_agg(pg_catalog.json_build_object(
      'grantee', g.rolname, 'privilege', x.privilege_type
    ) order by g.rolname nulls first, x.privilege_type)
    from pg_catalog.aclexplode(object.acl) x
    left join pg_catalog.pg_roles g on g.oid = x.grantee
  ), '[]')`

const PARAMETERS = `
    union all
    select 'parameter', p.parname, 10, p.paracl from pg_catalog.pg_parameter_acl p`

function readSecuredObjects(serverVersion: number): string {
  return `
  with object (kind, name, owner, acl) as (
    select 'database', d.datname::text, d.datdba,
      coalesce(d.datacl, pg_catalog.acldefault('d', d.datdba))
    from pg_catalog.pg_database d where d.datname = pg_catalog.current_database()
    union all
    select 'schema', n.nspname, n.nspowner,
      coalesce(n.nspacl, pg_catalog.acldefault('n', n.nspowner))
    from pg_catalog.pg_namespace n
    where n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
    union all
    select 'foreign server', s.srvname, s.srvowner,
      coalesce(s.srvacl, pg_catalog.acldefault('S', s.srvowner))
    from pg_catalog.pg_foreign_server s
    ${serverVersion >= 150000 ? PARAMETERS : ''}
  )
  select object.kind, object.name, o.rolname as "owner", ${GRANTS} as "grants"
  from object
  join pg_catalog.pg_roles o on o.oid = object.owner
  order by object.kind, object.name`
}

const READ_DEFAULT_GRANTS = `
  select distinct
    c.rolname        as "creator",
    case d.defaclobjtype when 'r' then 'tables' when 'S' then 'sequences' else 'functions' end as "kind",
    n.nspname        as "schema",
    g.rolname        as "grantee",
    x.privilege_type as "privilege"
  from pg_catalog.pg_default_acl d
  cross join lateral pg_catalog.aclexplode(d.defaclacl) x
  join pg_catalog.pg_roles c          on c.oid = d.defaclrole
  left join pg_catalog.pg_namespace n on n.oid = d.defaclnamespace
  left join pg_catalog.pg_roles g     on g.oid = x.grantee
  where d.defaclobjtype in ('r', 'S', 'f') and x.grantee <> d.defaclrole
  order by 1, 2, 3 nulls first, 4 nulls first, 5
`

const READ_USER_MAPPINGS = `
  select m.srvname as "server", r.rolname as "role"
  from pg_catalog.pg_user_mappings m
  left join pg_catalog.pg_roles r on r.oid = m.umuser
  where m.umuser = 0 or r.rolname = any($1::text[])
  order by 1, 2 nulls first
`

const READ_EVENT_TRIGGERS = `
  select
    evtname                 as "name",
    evtevent                as "event",
    evtenabled in ('O', 'A') as "isEnabled",
    evttags                 as "tags"
  from pg_catalog.pg_event_trigger
  order by evtname
`

const COUNT_LARGE_OBJECTS = `
  select pg_catalog.count(*)::int as "count"
  from pg_catalog.pg_largeobject_metadata m
  where exists (
    select from pg_catalog.pg_roles a
    where a.rolname = any($1::text[]) and not a.rolsuper and (
      pg_catalog.pg_has_role(a.oid, m.lomowner, 'USAGE')
      or exists (
        select from pg_catalog.aclexplode(m.lomacl) x
        where x.grantee = 0 or pg_catalog.pg_has_role(a.oid, x.grantee, 'USAGE')
      )
    )
  )
`

/** Reads the objects around the relations: those that an app role may use, and those that act on every table. */
export async function readSurroundings(
  db: Queryable,
  { serverVersion, appRoles }: { serverVersion: number; appRoles: readonly string[] },
): Promise<Surroundings> {
  const objects = await db.query<Surroundings['securedObjects'][number]>(
    readSecuredObjects(serverVersion),
  )
  const grants = await db.query<Surroundings['defaultGrants'][number]>(READ_DEFAULT_GRANTS)
  const mappings = await db.query<Surroundings['userMappings'][number]>(READ_USER_MAPPINGS, [
    appRoles,
  ])
  const triggers = await db.query<Surroundings['eventTriggers'][number]>(READ_EVENT_TRIGGERS)
  const largeObjects = await db.query<{ count: number }>(COUNT_LARGE_OBJECTS, [appRoles])
  return {
    securedObjects: objects.rows,
    defaultGrants: grants.rows,
    userMappings: mappings.rows,
    eventTriggers: triggers.rows,
    largeObjects: largeObjects.rows[0]?.count ?? 0,
  }
}

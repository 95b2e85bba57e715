import { CLOSED_CATALOGS, quotedNames, STATISTICS_VIEWS } from './closed-catalogs.ts'

// But for one column every role reads pg_subscription.
const CATALOGS = quotedNames(
  [...Object.keys(CLOSED_CATALOGS), ...Object.keys(STATISTICS_VIEWS)].filter(
    (name) => name !== 'pg_subscription',
  ),
)

/**
 * Every relation of every schema that is not the server's own, with those who may use it, and of the catalog
 * the relations that hold rows.
 */
export const READ_REACH_RELATIONS: string = `
  with relation as (
    select c.*, n.nspname
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'v', 'm', 'f')
      and ((n.nspname <> 'information_schema' and n.nspname !~ '^pg_')
        -- A superuser may make relations beside those of PostgreSQL.
        or (n.nspname in ('information_schema', 'pg_catalog') and c.oid >= 16384)
        or (n.nspname = 'pg_catalog' and c.relname in (${CATALOGS})))
  ),
  -- What the script of an extension gives is noted when the extension is created.
  init (relation, privilege) as (
    select i.objoid, x.privilege_type
    from pg_catalog.pg_init_privs i
    cross join lateral pg_catalog.aclexplode(i.initprivs) x
    where i.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass and i.objsubid = 0
      and x.grantee = 0
  ),
  acl (relation, owner, acl, name) as (
    select oid, relowner, relacl, null from relation where relacl is not null
    union all
    select a.attrelid, relation.relowner, a.attacl, a.attname::text
    from pg_catalog.pg_attribute a
    join relation on relation.oid = a.attrelid
    where a.attacl is not null and not a.attisdropped
  ),
  granted as (
    select acl.relation, g.rolname as grantee, x.privilege_type as privilege,
      acl.name is not null as is_of_columns,
      pg_catalog.array_remove(pg_catalog.array_agg(distinct acl.name), null) as columns
    from acl
    cross join lateral pg_catalog.aclexplode(acl.acl) x
    left join pg_catalog.pg_roles g on g.oid = x.grantee
    -- The owner gives himself what he wants.
    where x.grantee <> acl.owner and (x.grantee = 0 or g.oid is not null)
    group by 1, 2, 3, 4
  ),
  rights (relation, list) as (
    select g.relation, pg_catalog.json_agg(pg_catalog.json_build_object(
      'grantee', g.grantee, 'privilege', g.privilege, 'isOfColumns', g.is_of_columns,
      'columns', g.columns,
      'isInitial', g.grantee is null and init.relation is not null
    ) order by g.grantee nulls first, g.privilege, g.is_of_columns)
    from granted g
    left join init on init.relation = g.relation and init.privilege = g.privilege
    group by g.relation
  ),
  member (relation, extension) as (
    select d.objid, x.extname
    from pg_catalog.pg_depend d
    join pg_catalog.pg_extension x on x.oid = d.refobjid
    where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.deptype = 'e'
      and d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
  ),
  parent (relation, list) as (
    select inhrelid, pg_catalog.json_agg(inhparent::int8 order by inhseqno)
    from pg_catalog.pg_inherits group by inhrelid
  ),
  named (relation, list) as (
    select a.attrelid, pg_catalog.json_agg(a.attname order by a.attnum)
    from pg_catalog.pg_attribute a
    join relation on relation.oid = a.attrelid
    where a.attnum > 0 and not a.attisdropped
    group by a.attrelid
  )
  select
    c.oid                                                          as "id",
    c.nspname                                                      as "schema",
    c.relname                                                      as "name",
    case c.relkind when 'r' then 'table' when 'p' then 'partitioned table' when 'v' then 'view'
      when 'm' then 'materialized view' else 'foreign table' end   as "kind",
    o.rolname                                                      as "owner",
    c.relrowsecurity                                               as "rlsEnabled",
    c.relforcerowsecurity                                          as "rlsForced",
    exists (
      select from pg_catalog.pg_options_to_table(c.reloptions) option
      where option.option_name = 'security_invoker' and option.option_value::boolean
    )                                                              as "securityInvoker",
    c.relispartition                                               as "isPartition",
    coalesce(parent.list, '[]')                                    as "parents",
    member.extension                                               as "extension",
    coalesce(named.list, '[]')                                     as "columns",
    coalesce(rights.list, '[]')                                    as "grants",
    case when c.relkind = 'v' and c.oid >= 16384 then pg_catalog.pg_get_viewdef(c.oid) end
                                                                   as "query",
    s.srvname                                                      as "server",
    w.fdwname                                                      as "wrapper",
    -- Another name on the other side.
    (
      select option.option_value from pg_catalog.pg_options_to_table(f.ftoptions) option
      where option.option_name = 'table_name'
    )                                                              as "remoteName"
  from relation c
  join pg_catalog.pg_roles o                on o.oid = c.relowner
  left join rights                          on rights.relation = c.oid
  left join member                          on member.relation = c.oid
  left join parent                          on parent.relation = c.oid
  left join named                           on named.relation = c.oid
  left join pg_catalog.pg_foreign_table f   on f.ftrelid = c.oid
  left join pg_catalog.pg_foreign_server s  on s.oid = f.ftserver
  left join pg_catalog.pg_foreign_data_wrapper w on w.oid = s.srvfdw
  order by c.nspname, c.relname
`

import { roleBypassesRls, settingHasDefault } from '../errors/application.ts'
import type { RuntimeConfig } from './runtime-config.ts'

/** The reaction when the login of the pool is not bound by row security. */
export type Guard = 'error' | 'warn' | 'off'

/** Sends a query on a connection of the pool. */
export type RunQuery = <Row>(text: string, values: readonly unknown[]) => Promise<readonly Row[]>

// Both names of the login: RESET ROLE returns to session_user.
const QUERY = `
  with login as (
    select r.* from pg_catalog.pg_roles r where r.rolname in (session_user, current_user)
  ),
  wanted as (
    select * from rows from (pg_catalog.unnest($2::text[]), pg_catalog.unnest($3::text[])) as t (schema, name)
  ),
  tenant_table as (
    select c.oid, n.nspname || '.' || c.relname as name, c.relowner, c.relforcerowsecurity as forced
    from wanted
    join pg_catalog.pg_namespace n on n.nspname = wanted.schema
    join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = wanted.name
    where c.relkind in ('r', 'p')
  ),
  reachable as (
    select l.rolname as login, r.*
    from login l
    join pg_catalog.pg_roles r on r.oid <> l.oid and pg_catalog.pg_has_role(l.oid, r.oid, case
      when pg_catalog.current_setting('server_version_num')::int >= 160000 then 'SET' else 'MEMBER' end)
    where not l.rolsuper
  ),
  -- Policies for reading. One that asks for no setting, no table and no role shows rows to every role.
  policy as (
    select t.oid as relation, p.polname, p.polpermissive, p.polroles,
      pg_catalog.pg_get_expr(p.polqual, p.polrelid) = 'true' or (
        pg_catalog.pg_get_expr(p.polqual, p.polrelid) !~ '[[:alnum:]_"]\\('
        and pg_catalog.pg_get_expr(p.polqual, p.polrelid)
          !~* '\\m(?:current_user|current_role|session_user|user|from)\\M'
      ) as is_open
    from tenant_table t
    join pg_catalog.pg_policy p on p.polrelid = t.oid and p.polcmd in ('*', 'r')
  ),
  shown as (
    select r.login, r.rolname, t.name, pg_catalog.min(p.polname) as policy
    from reachable r
    cross join tenant_table t
    join policy p on p.relation = t.oid and p.polpermissive and p.is_open
    where pg_catalog.has_any_column_privilege(r.oid, t.oid, 'SELECT')
      and exists (
        select from pg_catalog.unnest(p.polroles) named
        where named = 0 or pg_catalog.pg_has_role(r.oid, named, 'USAGE')
      )
      and not exists (
        select from policy floor, pg_catalog.unnest(floor.polroles) named
        where floor.relation = t.oid and not floor.polpermissive and not floor.is_open
          and (named = 0 or pg_catalog.pg_has_role(r.oid, named, 'USAGE'))
      )
    group by r.login, r.rolname, t.name
  ),
  reason as (
    select rolname || ' is a superuser' as text from login where rolsuper
    union all
    select rolname || ' has BYPASSRLS' from login where rolbypassrls and not rolsuper
    union all
    select l.rolname || ' owns ' || t.name || ', which does not FORCE row security'
    from login l join tenant_table t on pg_catalog.pg_has_role(l.oid, t.relowner, 'USAGE')
    where not l.rolsuper and not t.forced
    union all
    select login || ' can SET ROLE ' || rolname || ', which ' || case
      when rolsuper then 'is a superuser' when rolbypassrls then 'has BYPASSRLS'
      when rolname = any ($4::text[]) then 'is an admin role'
      else 'owns a tenant table that does not FORCE row security' end
    from reachable
    where rolsuper or rolbypassrls or rolname = any ($4::text[])
      or exists (select from tenant_table t where t.relowner = reachable.oid and not t.forced)
    union all
    select login || ' can SET ROLE ' || rolname || ', whose policy ' || pg_catalog.min(policy)
      || ' shows rows of other tenants in ' || pg_catalog.min(name)
    from shown
    where not rolname = any ($4::text[])
    group by login, rolname
  )
  select pg_catalog.current_setting($1, true) as "preset",
    array(select distinct text from reason order by text) as "reasons"
`

/**
 * Asks once whether row security binds the login of a pool.
 * https://www.postgresql.org/docs/current/ddl-rowsecurity.html
 *
 * @throws `ROLE.BYPASSES_RLS`, and `SETTING.HAS_DEFAULT` when a connection comes with a tenant
 */
export async function checkLogin(
  query: RunQuery,
  { setting, tables, adminRoles }: RuntimeConfig,
  guard: Guard,
): Promise<void> {
  if (guard === 'off') return
  const names = tables.flatMap(({ schemas, name }) => schemas.map((schema) => ({ schema, name })))
  const [answer] = await query<{ preset: string | null; reasons: string[] }>(QUERY, [
    setting,
    names.map(({ schema }) => schema),
    names.map(({ name }) => name),
    adminRoles,
  ])
  const { preset, reasons } = answer ?? { preset: null, reasons: [] }
  const problem =
    reasons.length > 0
      ? roleBypassesRls(reasons)
      : preset
        ? settingHasDefault(setting, preset)
        : undefined
  if (!problem) return
  if (guard === 'error') throw problem
  process.emitWarning(problem.message, { code: problem.code, detail: problem.hint })
}

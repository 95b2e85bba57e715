import type pg from 'pg'

const APPLIES = `(
  p.polroles = '{0}' or exists (
    select from pg_catalog.unnest(p.polroles) r
    where r <> 0 and pg_catalog.pg_has_role(r, 'usage')
  )
)`

const IS_TRUE = `(
  coalesce(pg_catalog.pg_get_expr(p.polqual, p.polrelid), 'true') = 'true'
  and coalesce(pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid), 'true') = 'true'
)`

// Tables whose policies apply to this login, and whether one of them hides a row from it.
const READ = `
  select
    count(*) > 0 as "isBound",
    coalesce(bool_or(
      not exists (
        select from pg_catalog.pg_policy p
        where p.polrelid = c.oid and p.polpermissive and p.polcmd = '*' and ${IS_TRUE} and ${APPLIES}
      ) or exists (
        select from pg_catalog.pg_policy p
        where p.polrelid = c.oid and not p.polpermissive and not ${IS_TRUE} and ${APPLIES}
      )
    ), false) as "isFiltered"
  from pg_catalog.pg_class c
  where c.relkind in ('r', 'p') and c.relrowsecurity and pg_catalog.row_security_active(c.oid)
`

/**
 * Makes each statement fail that row security would filter: a migration that changes no row, or reads none,
 * must not look like one that is done. A login with a policy that shows it every row is filtered nowhere,
 * and goes on as it is.
 * https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-ROW-SECURITY
 */
export async function refuseFiltering(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ isBound: boolean; isFiltered: boolean }>(READ)
  const seesAll = rows.some(({ isBound, isFiltered }) => isBound && !isFiltered)
  await client.query(`set row_security = ${seesAll ? 'on' : 'off'}`)
}

/** The statement would have been filtered. PostgreSQL translates its messages, and not its routines. */
export function isFilterRefused(error: unknown): error is Error {
  return (
    error instanceof Error &&
    'code' in error &&
    error.code === '42501' &&
    'routine' in error &&
    error.routine === 'check_enable_rls'
  )
}

import type { TableName } from '../sql/table-name.ts'
import { inReadOnlyTransaction, type Queryable } from './read-only.ts'
import type { AppLogin } from './snapshot.ts'

type Identity = Omit<AppLogin, 'unfiltered'>

const READ_IDENTITY = `
  select
    pg_catalog.current_setting('server_version_num')::int as "serverVersion",
    pg_catalog.current_database()                         as "database",
    session_user                                          as "sessionUser",
    current_user                                          as "currentUser",
    nullif(pg_catalog.current_setting($1, true), '')      as "tenantAtStart"
`

// The server decides: it says whether row security filters this user, here and now.
// https://www.postgresql.org/docs/current/functions-info.html
const READ_UNFILTERED = `
  select n.nspname as "schema", c.relname as "name"
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
    and not pg_catalog.row_security_active(c.oid)
  order by n.nspname, c.relname
`

/** Reads the login of the application on a connection of its own, before anything could change it. */
export function readAppLogin(db: Queryable, setting: string): Promise<AppLogin> {
  return inReadOnlyTransaction(db, async () => {
    const [identity] = (await db.query<Identity>(READ_IDENTITY, [setting])).rows
    if (!identity) throw new Error('The server did not say who is logged in.')
    const { rows } = await db.query<TableName>(READ_UNFILTERED)
    return { ...identity, unfiltered: rows }
  })
}

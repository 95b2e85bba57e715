import { identifier } from '../sql/quote.ts'
import { type Check, defineCheck, type Problem } from './check.ts'
import type { CheckContext } from './facts/context.ts'
import { rolesOfApp } from './facts/free-roles.ts'
import { revokeExecuteFromApp } from './facts/revoke-from-app.ts'
import { roadMap } from './facts/roads.ts'
import { objectName, securedObjects } from './facts/secured-objects.ts'
import { decision } from './facts/statements.ts'

export const fdwUserMapping: Check = defineCheck(
  {
    id: 'fdw-user-mapping',
    level: 'high',
    title: 'The application may connect from inside the database',
    why:
      'A foreign server or dblink can lead back into the same database with another login, which ' +
      'row security may not hold.',
    link: 'https://www.postgresql.org/docs/current/sql-createusermapping.html',
    broken: `create foreign data wrapper partner;
create server partner foreign data wrapper partner;
grant usage on foreign server partner to app_user;
create user mapping for app_user server partner`,
    fixed: 'drop user mapping for app_user server partner',
    needs: 'roads',
  },
  (context) => [...mappings(context), ...dblink(context)],
)

function mappings(context: CheckContext): Problem[] {
  const map = roadMap(context)
  const roles = rolesOfApp(context)
  return securedObjects(context, 'foreign server').flatMap((server) => {
    const users = roles.filter(({ role }) => map?.rights.has(role, 'USAGE', server))
    const logins = (map?.context.snapshot.reach.userMappings ?? []).filter(
      (mapping) =>
        mapping.server === server.name &&
        users.some(({ role }) => mapping.role === null || mapping.role === role),
    )
    return logins.map(({ role }) => ({
      object: objectName(server),
      summary: `${role ?? 'Every role'} has a login on it.`,
      fix: decision(
        'If the application reads no foreign table of this server:',
        `  drop user mapping for ${role === null ? 'public' : identifier(role)} server ${identifier(server.name)}`,
        'If it does, see that the other side filters the rows, or that it is another database.',
      ),
    }))
  })
}

const CONNECTS: ReadonlySet<string> = new Set([
  'dblink',
  'dblink_connect',
  'dblink_connect_u',
  'dblink_exec',
  'dblink_open',
  'dblink_send_query',
])

/** Each of them opens a connection, or uses one: to close one of them is not enough. */
function dblink(context: CheckContext): Problem[] {
  const map = roadMap(context)
  const roles = rolesOfApp(context)
  const open = [...(map?.index.functions.values() ?? [])].filter(
    (fn) =>
      fn.extension === 'dblink' &&
      CONNECTS.has(fn.name) &&
      roles.some(({ role }) => map?.rights.execute(role, fn) && map.rights.use(role, fn.schema)),
  )
  if (open.length === 0) return []
  return [
    {
      object: 'extension dblink',
      level: 'medium',
      summary: `The application may call ${open.map(({ signature }) => signature).join(', ')}.`,
      fix: decision(
        'If the application does not need it:',
        ...open.map((fn) => `  ${revokeExecuteFromApp(fn, context)}`),
      ),
    },
  ]
}

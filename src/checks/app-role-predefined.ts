import { inherits } from '../catalog/inherits.ts'
import type { Level } from '../config/level.ts'
import { appRoleCheck, type Check } from './check.ts'
import type { CheckContext } from './facts/context.ts'
import { leaveRoles } from './facts/memberships.ts'
import { roadMap } from './facts/roads.ts'

// Files and programs of the server are as good as a superuser. All data is every table without row
// security, the catalog's own ones among them.
const LEVEL: Readonly<Record<string, Level>> = {
  pg_read_server_files: 'critical',
  pg_write_server_files: 'critical',
  pg_execute_server_program: 'critical',
  pg_read_all_data: 'high',
  pg_write_all_data: 'medium',
  pg_read_all_stats: 'medium',
  pg_monitor: 'medium',
  pg_create_subscription: 'medium',
  pg_signal_backend: 'info',
  pg_checkpoint: 'info',
  pg_use_reserved_connections: 'info',
  pg_signal_autovacuum_worker: 'info',
}

export const appRolePredefined: Check = appRoleCheck(
  {
    id: 'app-role-predefined',
    level: 'medium',
    title: 'The application is a member of a predefined role',
    why:
      'Row security does not apply to files and programs of the server, the roles for all data open ' +
      'every table without it, and statistics show the statements of other tenants.',
    link: 'https://www.postgresql.org/docs/current/predefined-roles.html',
    broken: 'grant pg_read_server_files to app_user',
    fixed: 'revoke pg_read_server_files from app_user',
  },
  ({ name, superuser }, context) => {
    const { snapshot } = context
    if (superuser) return
    const reached = becomes(name, context)
    return snapshot.roles
      .filter((role) => isPredefined(role.name))
      .filter((role) => {
        return inherits(snapshot, name, role.name) || reached.has(role.name)
      })
      .map((role) => ({
        level: LEVEL[role.name] ?? 'low',
        summary: `It is a member of ${role.name}.`,
        fix: leaveRoles([role.name], name, context),
      }))
  },
)

/** The roles that the login may become, and those whose privileges it has then. */
function becomes(login: string, context: CheckContext): ReadonlySet<string> {
  const map = roadMap(context)
  // Roles that CREATEROLE grants are another finding: `app-role-can-grant-itself`.
  const becomings = [...(map?.become(login).values() ?? [])]
  return new Set(
    becomings
      .filter(({ how }) => how !== 'createrole')
      .flatMap(({ role }) => [role, ...(map?.graph.inherited(role) ?? [])]),
  )
}

// PostgreSQL keeps the prefix to itself. The owner of the database is another finding:
// `app-role-owns-schema-or-db`.
function isPredefined(name: string): boolean {
  return name.startsWith('pg_') && name !== 'pg_database_owner'
}

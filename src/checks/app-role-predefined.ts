import { inherits } from '../catalog/inherits.ts'
import type { Level } from '../config/level.ts'
import { appRoleCheck, type Check } from './check.ts'
import { leaveRoles } from './facts/memberships.ts'
import { canSetRole } from './facts/roles.ts'

// Roles that reach past SQL are high; roles that open or show data of other tenants are medium.
const LEVEL: Readonly<Record<string, Level>> = {
  pg_read_server_files: 'high',
  pg_write_server_files: 'high',
  pg_execute_server_program: 'high',
  pg_read_all_data: 'medium',
  pg_write_all_data: 'medium',
  pg_read_all_stats: 'medium',
  pg_monitor: 'medium',
  pg_create_subscription: 'medium',
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
    return snapshot.roles
      .filter((role) => isPredefined(role.name))
      .filter((role) => {
        return inherits(snapshot, name, role.name) || canSetRole(snapshot, name, role.name)
      })
      .map((role) => ({
        level: LEVEL[role.name] ?? 'low',
        summary: `It is a member of ${role.name}.`,
        fix: leaveRoles([role.name], name, context),
      }))
  },
)

// PostgreSQL keeps the prefix to itself. The owner of the database is another finding:
// `app-role-owns-schema-or-db`.
function isPredefined(name: string): boolean {
  return name.startsWith('pg_') && name !== 'pg_database_owner'
}

import { appRoleCheck, type Check, type Result } from './check.ts'
import type { CheckContext } from './facts/context.ts'
import { leaveRoles } from './facts/memberships.ts'
import { canSetRole, powerOf } from './facts/roles.ts'
import { rolesOnRoads } from './facts/roles-on-roads.ts'

export const appRoleCanSetRole: Check = appRoleCheck(
  {
    id: 'app-role-can-set-role',
    level: 'critical',
    title: 'The application can become a role that row security does not hold',
    why:
      'SET ROLE, or set_config inside any SELECT, makes the session another role: a superuser, one with ' +
      'BYPASSRLS, the admin, the owner of the tables, or one whose own policies and privileges show ' +
      'more than those of the login.',
    link: 'https://www.postgresql.org/docs/current/sql-set-role.html',
    broken: 'alter role some_role bypassrls; grant some_role to app_user',
    fixed: 'revoke some_role from app_user',
  },
  ({ name, superuser }, context) => {
    if (superuser) return
    const found = rolesOnRoads(name, ['set'], context).map(({ role, ...result }) => ({
      ...result,
      fix: leaveRoles([role], name, context),
    }))
    const known = rolesOnRoads(name, ['set', 'admin', 'createrole'], context)
    return [...found, ...powerful(name, new Set(known.map(({ role }) => role)), context)]
  },
)

/** Roles that need no privilege of their own to do harm, of which no road is known. */
function powerful(name: string, known: ReadonlySet<string>, context: CheckContext): Result[] {
  return context.snapshot.roles.flatMap((role) => {
    const power = powerOf(role, context)
    const isNew = !known.has(role.name) && canSetRole(context.snapshot, name, role.name)
    if (power === undefined || !isNew) return []
    return {
      summary: `It can SET ROLE to ${role.name}, which ${power}.`,
      fix: leaveRoles([role.name], name, context),
    }
  })
}

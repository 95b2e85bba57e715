import { appRoleCheck, type Check } from './check.ts'
import { leaveRoles } from './facts/memberships.ts'
import { canSetRole, powerOf } from './facts/roles.ts'

export const appRoleCanSetRole: Check = appRoleCheck(
  {
    id: 'app-role-can-set-role',
    level: 'critical',
    title: 'The application can become a role that row security does not hold',
    why:
      'SET ROLE, or set_config inside any SELECT, makes the session a superuser, a role with ' +
      'BYPASSRLS, the admin or the owner of the tables.',
    link: 'https://www.postgresql.org/docs/current/sql-set-role.html',
    broken: 'alter role some_role bypassrls; grant some_role to app_user',
    fixed: 'revoke some_role from app_user',
  },
  ({ name, superuser }, context) => {
    if (superuser) return
    return context.snapshot.roles.flatMap((role) => {
      const power = powerOf(role, context)
      if (power === undefined || !canSetRole(context.snapshot, name, role.name)) return []
      return {
        summary: `It can SET ROLE to ${role.name}, which ${power}.`,
        fix: leaveRoles([role.name], name, context),
      }
    })
  },
)

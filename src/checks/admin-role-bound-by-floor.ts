import { inherits } from '../catalog/inherits.ts'
import { findRole } from '../catalog/privileges.ts'
import { type Check, defineCheck } from './check.ts'
import { leaveRoles } from './facts/memberships.ts'

export const adminRoleBoundByFloor: Check = defineCheck(
  {
    id: 'admin-role-bound-by-floor',
    level: 'high',
    title: 'The admin role is bound like the application',
    why:
      'A policy binds every role that inherits one of its roles. An admin that is a member of the ' +
      'app role sees the rows of one tenant at most, and jobs that run as it find no rows.',
    link: 'https://www.postgresql.org/docs/current/sql-createpolicy.html',
    broken: 'grant app_user to app_admin',
    fixed: 'revoke app_user from app_admin',
  },
  (context) =>
    [...context.wanted.adminRoles, ...context.wanted.ownerRoles].flatMap((admin) => {
      const { snapshot, wanted } = context
      const role = findRole(snapshot, admin)
      if (role?.superuser || role?.bypassRls) return []
      if (wanted.appRoles.length === 0) {
        return {
          object: admin,
          summary: 'The policies are for public, and so for the admin role too.',
          fix: '-- Name the login of the application under `roles.app`, then run migrate:rls.',
        }
      }
      const bound = wanted.appRoles.filter((app) => inherits(snapshot, admin, app))
      if (bound.length === 0) return []
      return {
        object: admin,
        summary: `It is a member of ${bound.join(', ')} and bound by its policies.`,
        fix: leaveRoles(bound, admin, context),
      }
    }),
)

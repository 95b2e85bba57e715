import { identifier } from '../sql/quote.ts'
import { appRoleCheck, type Check } from './check.ts'
import { leaveRoles } from './facts/memberships.ts'
import { canSetRole, powerOf } from './facts/roles.ts'

export const appRoleCanGrantItself: Check = appRoleCheck(
  {
    id: 'app-role-can-grant-itself',
    level: 'critical',
    title: 'The application can grant itself a role that row security does not hold',
    why:
      'With ADMIN OPTION on such a role, before PostgreSQL 16 with CREATEROLE alone, one GRANT and ' +
      'one SET ROLE leave row security behind.',
    link: 'https://www.postgresql.org/docs/current/role-membership.html',
    broken: `alter role some_role bypassrls;
do $$ begin
  if current_setting('server_version_num')::int >= 160000 then
    execute 'grant some_role to app_user with admin true, inherit false, set false';
  else
    alter role app_user createrole;
  end if;
end $$`,
    fixed: 'revoke some_role from app_user; alter role app_user nocreaterole',
    // Before PostgreSQL 16.
    alsoFinds: ['app-role-createrole'],
  },
  ({ name, superuser, createRole }, context) => {
    const { snapshot } = context
    if (superuser) return
    if (createRole && snapshot.serverVersion < 160000) {
      return {
        summary: 'Before PostgreSQL 16, CREATEROLE grants itself any role that is no superuser.',
        fix: `alter role ${identifier(name)} nocreaterole`,
      }
    }
    return snapshot.roles.flatMap((role) => {
      const power = powerOf(role, context)
      const administers = snapshot.memberships.some(
        (m) => m.member === name && m.role === role.name && m.administers,
      )
      // A login that can become the role already is another finding: `app-role-can-set-role`.
      if (power === undefined || !administers || canSetRole(snapshot, name, role.name)) return []
      return {
        summary: `It may grant itself ${role.name}, which ${power}.`,
        fix: leaveRoles([role.name], name, context),
      }
    })
  },
)

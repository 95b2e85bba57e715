import { identifier } from '../sql/quote.ts'
import { appRoleCheck, type Check, type Result } from './check.ts'
import type { CheckContext } from './facts/context.ts'
import { leaveRoles } from './facts/memberships.ts'
import { roadMap } from './facts/roads.ts'
import { powerOf } from './facts/roles.ts'
import { rolesOnRoads } from './facts/roles-on-roads.ts'

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
      const [worst] = rolesOnRoads(name, ['createrole'], context)
      return {
        summary: `Before PostgreSQL 16, CREATEROLE grants itself any role that is no superuser${worst ? `: ${worst.summary}` : '.'}`,
        fix: `alter role ${identifier(name)} nocreaterole`,
        ...(worst?.road && { road: worst.road }),
      }
    }
    const found = rolesOnRoads(name, ['admin', 'createrole'], context).map(
      ({ role, ...result }) => ({ ...result, fix: leaveRoles([role], name, context) }),
    )
    const known = rolesOnRoads(name, ['set', 'admin', 'createrole'], context)
    return [...found, ...powerful(name, new Set(known.map(({ role }) => role)), context)]
  },
)

/** Roles that need no privilege of their own to do harm, of which no road is known. */
function powerful(name: string, known: ReadonlySet<string>, context: CheckContext): Result[] {
  const { snapshot } = context
  return snapshot.roles.flatMap((role) => {
    const power = powerOf(role, context)
    // A login that can become the role already is another finding: `app-role-can-set-role`.
    const how = roadMap(context)?.become(name).get(role.name)?.how
    if (power === undefined || how !== 'admin' || known.has(role.name)) return []
    return {
      summary: `It may grant itself ${role.name}, which ${power}.`,
      fix: leaveRoles([role.name], name, context),
    }
  })
}

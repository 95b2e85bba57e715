import type { Level } from '../config/level.ts'
import { identifier } from '../sql/quote.ts'
import { type Check, defineCheck } from './check.ts'
import { rolesOfApp } from './facts/free-roles.ts'
import { roadMap } from './facts/roads.ts'
import { isGrantedToApp, objectName, securedObjects } from './facts/secured-objects.ts'

// Code of the server that is loaded, large objects of other owners, files that are looked into.
const POWERFUL =
  /^(?:lo_compat_privileges|(?:session|shared|local)_preload_libraries|dynamic_library_path|allow_system_table_mods|ignore_system_indexes|log_statement|log_directory|extension_control_path)$/

export const parameterSettable: Check = defineCheck(
  {
    id: 'parameter-settable',
    level: 'medium',
    title: 'The application may set a parameter that is kept for superusers',
    why:
      'Some of them open what privileges close: every large object, a library that the server loads. ' +
      'ALTER SYSTEM changes them for all, and a role that may SET one can store it for its logins.',
    link: 'https://www.postgresql.org/docs/current/sql-grant.html#SQL-GRANT-DESCRIPTION-OBJECTS',
    broken: 'grant set on parameter lo_compat_privileges to app_user',
    fixed: 'revoke set on parameter lo_compat_privileges from app_user',
    since: 150000,
    needs: 'roads',
  },
  (context) => {
    const map = roadMap(context)
    const roles = rolesOfApp(context)
    return securedObjects(context, 'parameter').flatMap((parameter) =>
      parameter.grants.flatMap(({ grantee, privilege }) => {
        const user = roles.find(
          ({ role }) => grantee === null || map?.graph.inherited(role).has(grantee),
        )
        // Another finding: `session-replication-role-settable`.
        const isOther =
          parameter.name === 'session_replication_role' && isGrantedToApp('SET', parameter, context)
        if (!user || (isOther && privilege === 'SET')) return []
        const isPowerful = privilege === 'ALTER SYSTEM' || POWERFUL.test(parameter.name)
        const level: Level = isPowerful ? 'medium' : 'info'
        return {
          object: objectName(parameter),
          level,
          summary: `${user.who} has ${privilege} on it.`,
          fix: `revoke ${privilege.toLowerCase()} on ${objectName(parameter)} from ${grantee === null ? 'public' : identifier(grantee)}`,
        }
      }),
    )
  },
)

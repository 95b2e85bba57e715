import { type Check, defineCheck } from './check.ts'
import { rolesOfApp } from './facts/free-roles.ts'
import { revokeExecuteFromApp } from './facts/revoke-from-app.ts'
import { roadMap } from './facts/roads.ts'

// They start, stop, count and reset, and show no rows.
const HARMLESS =
  /^pg_(?:stat_(?:reset|clear|statements_reset)|switch_wal|create_restore_point|backup_|start_backup|stop_backup|reload_conf|rotate_logfile|promote|wal_replay|log_|config$|get_backend_memory|get_shmem|current_logfile|cancel_backend|terminate_backend)/

export const closedFunctionExecutable: Check = defineCheck(
  {
    id: 'closed-function-executable',
    level: 'medium',
    title: 'The application may call a function that PostgreSQL keeps for superusers',
    why:
      'Functions that read files of the server, pages of a table or the write-ahead log are closed by ' +
      'default, because they know no row security.',
    link: 'https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADMIN-GENFILE',
    broken: 'grant execute on function pg_catalog.pg_read_file(text) to app_user',
    fixed: 'revoke execute on function pg_catalog.pg_read_file(text) from app_user',
    needs: 'roads',
  },
  (context) => {
    const map = roadMap(context)
    const roles = rolesOfApp(context)
    return [...(map?.index.functions.values() ?? [])].flatMap((fn) => {
      if (!map || !fn.isClosedByDefault || (!fn.isBuiltIn && fn.extension === null)) return []
      // Another finding: `app-role-predefined`.
      const granted = fn.grantees.filter((grantee) => !grantee?.startsWith('pg_'))
      const user = roles.find(({ role }) => map.rights.execute(role, { ...fn, grantees: granted }))
      if (!user) return []
      return {
        object: fn.signature,
        level: HARMLESS.test(fn.name) ? ('low' as const) : ('medium' as const),
        summary: `${user.who} may execute it; by default only superusers may.`,
        fix: revokeExecuteFromApp(fn, context),
      }
    })
  },
)

import { isSameTable } from '../sql/table-name.ts'
import { type Check, tableCheck } from './check.ts'
import { isUnbound } from './facts/sight.ts'

export const rowSecurityInactive: Check = tableCheck(
  {
    id: 'row-security-inactive',
    level: 'critical',
    title: 'PostgreSQL does not filter the rows for the application',
    why:
      'Asked on the connection of the application, row_security_active said no: this login reads and ' +
      'writes every tenant.',
    link: 'https://www.postgresql.org/docs/current/functions-info.html',
    broken: '-- log in as app_owner where row security is not forced',
    fixed: '-- log in as app_user',
    asksApp: true,
  },
  ({ relation }, context) => {
    const { snapshot, wanted } = context
    const { appLogin } = snapshot
    if (!appLogin?.unfiltered.some((table) => isSameTable(table, relation))) return
    // Other findings: `rls-disabled`, and those of the role itself.
    const { currentUser } = appLogin
    const isKnown = wanted.appRoles.includes(currentUser)
    if (!relation.rlsEnabled || (isKnown && isUnbound(currentUser, relation, context))) return
    return {
      summary: `It is not filtered for ${currentUser}.`,
      fix: '-- Give the application a login that owns no table and has no BYPASSRLS.',
    }
  },
)

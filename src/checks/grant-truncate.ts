import { type Check, tableCheck } from './check.ts'
import { revokePrivileges, rolesWith } from './facts/privileges.ts'

export const grantTruncate: Check = tableCheck(
  {
    id: 'grant-truncate',
    level: 'high',
    title: 'The application may truncate a tenant table',
    why: 'TRUNCATE does not look at policies: it deletes the rows of every tenant.',
    link: 'https://www.postgresql.org/docs/current/ddl-rowsecurity.html',
    broken: 'grant truncate on public.projects to app_user',
    fixed: 'revoke truncate on public.projects from app_user',
    needs: 'appRoles',
  },
  ({ relation }, context) => {
    const roles = rolesWith(['TRUNCATE'], relation, context)
    if (roles.length === 0) return
    return {
      summary: `${roles.join(', ')} may delete the rows of every tenant at once.`,
      fix: revokePrivileges(['TRUNCATE'], relation, context),
    }
  },
)

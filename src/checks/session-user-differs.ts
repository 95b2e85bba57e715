import type { AppLogin } from '../catalog/snapshot.ts'
import { type Check, defineCheck } from './check.ts'
import type { CheckContext } from './facts/context.ts'

export const sessionUserDiffers: Check = defineCheck(
  {
    id: 'session-user-differs',
    level: 'critical',
    title: 'The application logs in as another role',
    why:
      'All other checks judge the roles of `roles.app`. Any statement can return to the role of the ' +
      'login: with RESET ROLE, or with set_config inside a SELECT.',
    link: 'https://www.postgresql.org/docs/current/sql-set-role.html',
    broken: '-- log in as app_owner where the config says app_user',
    fixed: '-- log in as app_user',
    needs: 'appRoles',
    asksApp: true,
  },
  (context) => {
    const login = context.snapshot.appLogin
    if (!login) return []
    const unnamed = unnamedRoles(login, context)
    if (unnamed.length === 0) return []
    return {
      object: `connection of ${login.sessionUser}`,
      summary: `${unnamed.join(' and ')}, which \`roles.app\` does not name.`,
      fix: '-- Give the application the login of `roles.app`, or name this one there.',
    }
  },
)

function unnamedRoles({ sessionUser, currentUser }: AppLogin, { wanted }: CheckContext): string[] {
  const isKnown = (user: string) => wanted.appRoles.includes(user)
  return [
    ...(isKnown(sessionUser) ? [] : [`It logs in as ${sessionUser}`]),
    ...(isKnown(currentUser) || currentUser === sessionUser ? [] : [`it runs as ${currentUser}`]),
  ]
}

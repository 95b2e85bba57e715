import { identifier } from '../sql/quote.ts'
import { appRoleCheck, type Check } from './check.ts'

export const appRoleSuperuser: Check = appRoleCheck(
  {
    id: 'app-role-superuser',
    level: 'critical',
    title: 'The application logs in as a superuser',
    why: 'A superuser ignores every policy, also where row security is forced.',
    link: 'https://www.postgresql.org/docs/current/role-attributes.html',
    broken: 'alter role app_user superuser',
    fixed: 'alter role app_user nosuperuser',
  },
  ({ name, superuser }) =>
    superuser
      ? {
          summary: 'A superuser ignores every policy.',
          fix: `alter role ${identifier(name)} nosuperuser`,
        }
      : undefined,
)

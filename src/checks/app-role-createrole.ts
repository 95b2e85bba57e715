import { identifier } from '../sql/quote.ts'
import { appRoleCheck, type Check } from './check.ts'

export const appRoleCreaterole: Check = appRoleCheck(
  {
    id: 'app-role-createrole',
    level: 'medium',
    title: 'The application may create roles',
    why:
      'An intruder can create logins that stay when the hole is closed, and become every role that ' +
      'this one administers.',
    link: 'https://www.postgresql.org/docs/current/role-attributes.html',
    broken: 'alter role app_user createrole',
    fixed: 'alter role app_user nocreaterole',
    // Before PostgreSQL 16.
    alsoFinds: ['app-role-can-grant-itself'],
  },
  ({ name, createRole, superuser }) =>
    createRole && !superuser
      ? {
          summary: 'CREATEROLE makes roles, and changes those it administers.',
          fix: `alter role ${identifier(name)} nocreaterole`,
        }
      : undefined,
)

import { identifier } from '../sql/quote.ts'
import { appRoleCheck, type Check } from './check.ts'

export const appRoleBypassrls: Check = appRoleCheck(
  {
    id: 'app-role-bypassrls',
    level: 'critical',
    title: 'The application logs in with BYPASSRLS',
    why: 'BYPASSRLS ignores every policy, also where row security is forced. It is for admin roles.',
    link: 'https://www.postgresql.org/docs/current/role-attributes.html',
    broken: 'alter role app_user bypassrls',
    fixed: 'alter role app_user nobypassrls',
  },
  ({ name, bypassRls }) =>
    bypassRls
      ? {
          summary: 'BYPASSRLS ignores every policy.',
          fix: `alter role ${identifier(name)} nobypassrls`,
        }
      : undefined,
)

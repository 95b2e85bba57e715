import { identifier } from '../sql/quote.ts'
import { appRoleCheck, type Check } from './check.ts'
import { keptGrants } from './facts/kept-grants.ts'
import { statements } from './facts/statements.ts'

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
  ({ name, superuser }, context) => {
    if (!superuser) return
    return {
      summary: 'A superuser ignores every policy.',
      // Its statements have needed no privileges so far.
      fix: statements([
        ...keptGrants(
          { role: name, keeps: (grantee) => grantee === null || grantee === name },
          context,
        ),
        `alter role ${identifier(name)} nosuperuser`,
      ]),
    }
  },
)

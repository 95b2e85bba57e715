import type { SecuredObject } from '../catalog/snapshot.ts'
import { identifier } from '../sql/quote.ts'
import { type Check, defineCheck } from './check.ts'
import type { CheckContext } from './facts/context.ts'
import { rolesOfApp } from './facts/free-roles.ts'
import { roadMap } from './facts/roads.ts'
import {
  isGrantedToApp,
  objectName,
  revokeFromApp,
  securedObjects,
} from './facts/secured-objects.ts'

export const appRoleCreatePrivilege: Check = defineCheck(
  {
    id: 'app-role-create-privilege',
    level: 'medium',
    title: 'The application may create objects',
    why:
      'Functions and operators that it creates run when other roles use them, and a foreign key of its ' +
      'own tells which values other tenants have. Up to PostgreSQL 14, every role may create in `public`.',
    link: 'https://www.postgresql.org/docs/current/ddl-schemas.html#DDL-SCHEMAS-PRIV',
    broken: 'grant create on schema public to app_user',
    fixed: 'revoke create on schema public from app_user',
    needs: 'appRoles',
  },
  (context) =>
    securedObjects(context, 'database', 'schema').flatMap((object) => {
      if (isGrantedToApp('CREATE', object, context)) {
        return {
          object: objectName(object),
          summary: 'The application may create objects in it.',
          fix: revokeFromApp('CREATE', object, context),
        }
      }
      const granted = object.grants.find(
        ({ grantee, privilege }) => privilege === 'CREATE' && grantee !== object.owner,
      )
      const user =
        granted && rolesOfApp(context).find(({ role }) => hasGrant(role, object, context))
      if (!user) return []
      return {
        object: objectName(object),
        summary: `${user.who} may create objects in it.`,
        fix: `revoke create on ${objectName(object)} from ${identifier(user.role)}`,
      }
    }),
)

/** By a grant: the rights of an owner are another finding. */
function hasGrant(role: string, { owner, grants }: SecuredObject, context: CheckContext): boolean {
  const has = roadMap(context)?.graph.inherited(role)
  return (
    !has?.has(owner) &&
    grants.some(
      ({ grantee, privilege }) => privilege === 'CREATE' && grantee !== null && has?.has(grantee),
    )
  )
}

import { type Check, defineCheck } from './check.ts'
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
    securedObjects(context, 'database', 'schema')
      .filter((object) => isGrantedToApp('CREATE', object, context))
      .map((object) => ({
        object: objectName(object),
        summary: 'The application may create objects in it.',
        fix: revokeFromApp('CREATE', object, context),
      })),
)

import { type Check, defineCheck } from './check.ts'
import {
  isGrantedToApp,
  objectName,
  revokeFromApp,
  securedObjects,
} from './facts/secured-objects.ts'

export const tempPrivilege: Check = defineCheck(
  {
    id: 'temp-privilege',
    level: 'info',
    title: 'The application may create temporary objects',
    why:
      'A temporary table hides the table of the same name from every statement of its session, those ' +
      'of the next user of the connection too.',
    link: 'https://www.postgresql.org/docs/current/ddl-priv.html',
    broken: `do $$ begin
  execute format('grant temporary on database %I to app_user', current_database());
end $$`,
    fixed: `do $$ begin
  execute format('revoke temporary on database %I from public, app_user', current_database());
end $$`,
    isOptIn: true,
    needs: 'appRoles',
  },
  (context) =>
    securedObjects(context, 'database')
      .filter((database) => isGrantedToApp('TEMPORARY', database, context))
      .map((database) => ({
        object: objectName(database),
        summary: 'The application may create temporary objects.',
        fix: revokeFromApp('TEMPORARY', database, context),
      })),
)

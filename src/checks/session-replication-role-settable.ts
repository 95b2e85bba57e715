import { type Check, defineCheck } from './check.ts'
import {
  isGrantedToApp,
  objectName,
  revokeFromApp,
  securedObjects,
} from './facts/secured-objects.ts'

export const sessionReplicationRoleSettable: Check = defineCheck(
  {
    id: 'session-replication-role-settable',
    level: 'high',
    title: 'The application may switch off triggers and foreign keys',
    why:
      'With `session_replication_role = replica` no foreign key is checked and no ordinary trigger ' +
      'runs: rows of one tenant then refer to those of another.',
    link: 'https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-SESSION-REPLICATION-ROLE',
    broken: 'grant set on parameter session_replication_role to app_user',
    fixed: 'revoke set on parameter session_replication_role from app_user',
    since: 150000,
    needs: 'appRoles',
  },
  (context) =>
    securedObjects(context, 'parameter')
      .filter(({ name }) => name === 'session_replication_role')
      .filter((parameter) => isGrantedToApp('SET', parameter, context))
      .map((parameter) => ({
        object: objectName(parameter),
        summary: 'The application may set it.',
        fix: revokeFromApp('SET', parameter, context),
      })),
)

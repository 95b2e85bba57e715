import { inherits } from '../catalog/inherits.ts'
import { identifier } from '../sql/quote.ts'
import { type Check, defineCheck, type Problem } from './check.ts'
import type { CheckContext } from './facts/context.ts'
import { revokeExecute } from './facts/privileges.ts'
import { plainAppRoles } from './facts/roles.ts'
import { isGrantedToApp, objectName, securedObjects } from './facts/secured-objects.ts'
import { decision } from './facts/statements.ts'

export const fdwUserMapping: Check = defineCheck(
  {
    id: 'fdw-user-mapping',
    level: 'high',
    title: 'The application may connect from inside the database',
    why:
      'A foreign server or dblink can lead back into the same database with another login, which ' +
      'row security may not hold.',
    link: 'https://www.postgresql.org/docs/current/sql-createusermapping.html',
    broken: `create foreign data wrapper partner;
create server partner foreign data wrapper partner;
grant usage on foreign server partner to app_user;
create user mapping for app_user server partner`,
    fixed: 'drop user mapping for app_user server partner',
    needs: 'appRoles',
  },
  (context) => [...mappings(context), ...dblink(context)],
)

function mappings(context: CheckContext): Problem[] {
  const { snapshot } = context
  return securedObjects(context, 'foreign server').flatMap((server) => {
    const mayUse =
      isGrantedToApp('USAGE', server, context) ||
      plainAppRoles(context).some((role) => inherits(snapshot, role, server.owner))
    if (!mayUse) return []
    return snapshot.userMappings
      .filter((mapping) => mapping.server === server.name)
      .map(({ role }) => ({
        object: objectName(server),
        summary: `${role ?? 'Every role'} has a login on it.`,
        fix: decision(
          'If the application reads no foreign table of this server:',
          `  drop user mapping for ${role === null ? 'public' : identifier(role)} server ${identifier(server.name)}`,
          'If it does, see that the other side filters the rows, or that it is another database.',
        ),
      }))
  })
}

function dblink(context: CheckContext): Problem[] {
  const roles = plainAppRoles(context)
  return context.snapshot.functions
    .filter(({ name, inExtension }) => name === 'dblink_connect' && inExtension)
    .filter(({ callers }) => callers.some((caller) => roles.includes(caller)))
    .map((fn) => ({
      object: fn.signature,
      summary: 'The application may call it.',
      fix: decision('If the application does not need it:', `  ${revokeExecute(fn, context)}`),
    }))
}

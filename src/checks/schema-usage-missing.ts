import { hasPrivilege, isSuperuser } from '../catalog/privileges.ts'
import { identifier } from '../sql/quote.ts'
import { type Check, defineCheck } from './check.ts'
import { checkedTables } from './facts/checked-tables.ts'
import type { CheckContext } from './facts/context.ts'
import { objectName, securedObjects } from './facts/secured-objects.ts'

export const schemaUsageMissing: Check = defineCheck(
  {
    id: 'schema-usage-missing',
    level: 'info',
    title: 'A role of the application cannot reach a schema of its tables',
    why: 'Without USAGE every statement on a table of the schema fails, even with privileges on the table.',
    link: 'https://www.postgresql.org/docs/current/ddl-priv.html',
    broken: 'revoke usage on schema public from public',
    fixed: 'grant usage on schema public to app_user, app_admin, app_owner',
    needs: 'appRoles',
  },
  (context) =>
    securedObjects(context, 'schema').flatMap((object) => {
      const without = usersOf(object.name, context).filter(
        (role) => !hasPrivilege('USAGE', role, object, context.snapshot),
      )
      if (without.length === 0) return []
      return {
        object: objectName(object),
        summary: `${without.join(', ')} has no USAGE.`,
        fix: `grant usage on ${objectName(object)} to ${without.map(identifier).join(', ')}`,
      }
    }),
)

/** The owners too: the references of a foreign key are looked up as the owner of the table. */
function usersOf(schema: string, context: CheckContext): string[] {
  const { snapshot, wanted } = context
  const owners = checkedTables(context).flatMap(({ relation }) =>
    relation.schema === schema ? [relation.owner] : [],
  )
  if (owners.length === 0) return []
  const roles = new Set([...wanted.appRoles, ...wanted.adminRoles, ...owners])
  return [...roles].filter((name) => !isSuperuser(snapshot, name))
}

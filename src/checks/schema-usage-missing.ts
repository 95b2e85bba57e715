import { inherits } from '../catalog/inherits.ts'
import { identifier } from '../sql/quote.ts'
import { type Check, defineCheck } from './check.ts'
import { plainAppRoles } from './facts/roles.ts'
import { objectName, securedObjects } from './facts/secured-objects.ts'

export const schemaUsageMissing: Check = defineCheck(
  {
    id: 'schema-usage-missing',
    level: 'info',
    title: 'The application cannot reach a schema of its tables',
    why: 'Without USAGE every statement on a table of the schema fails, even with privileges on the table.',
    link: 'https://www.postgresql.org/docs/current/ddl-priv.html',
    broken: 'revoke usage on schema public from public',
    fixed: 'grant usage on schema public to app_user',
    needs: 'appRoles',
  },
  (context) => {
    const { snapshot, wanted } = context
    const schemas = new Set(wanted.tables.map(({ schema }) => schema))
    return securedObjects(context, 'schema').flatMap((object) => {
      const users = object.grants.filter(({ privilege }) => privilege === 'USAGE')
      const without = plainAppRoles(context).filter(
        (role) =>
          !users.some(({ grantee }) => grantee === null || inherits(snapshot, role, grantee)),
      )
      if (!schemas.has(object.name) || without.length === 0) return []
      return {
        object: objectName(object),
        summary: `${without.join(', ')} has no USAGE.`,
        fix: `grant usage on ${objectName(object)} to ${without.map(identifier).join(', ')}`,
      }
    })
  },
)

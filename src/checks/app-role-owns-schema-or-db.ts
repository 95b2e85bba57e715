import { inherits } from '../catalog/inherits.ts'
import type { SecuredObject } from '../catalog/snapshot.ts'
import { identifier } from '../sql/quote.ts'
import { type Check, defineCheck } from './check.ts'
import type { CheckContext } from './facts/context.ts'
import { keptGrants } from './facts/kept-grants.ts'
import { leaveRoles } from './facts/memberships.ts'
import { newOwner } from './facts/new-owner.ts'
import { plainAppRoles } from './facts/roles.ts'
import { objectName, securedObjects } from './facts/secured-objects.ts'
import { decision, statements } from './facts/statements.ts'

export const appRoleOwnsSchemaOrDb: Check = defineCheck(
  {
    id: 'app-role-owns-schema-or-db',
    level: 'high',
    title: 'The application owns the schema or the database',
    why:
      'The owner of a schema can drop every table in it, those of other owners too; the owner of the ' +
      'database can set a default tenant for every connection.',
    link: 'https://www.postgresql.org/docs/current/ddl-priv.html',
    broken: 'alter schema public owner to app_user',
    fixed: 'alter schema public owner to app_owner',
    needs: 'appRoles',
  },
  (context) =>
    securedObjects(context, 'database', 'schema').flatMap((object) => {
      const { kind, name, owner } = object
      const [role] = plainAppRoles(context).filter((r) => inherits(context.snapshot, r, owner))
      if (role === undefined || (kind === 'schema' && !holdsTenants(name, context))) return []
      return {
        object: objectName(object),
        summary: `${role} owns it.`,
        fix: role === owner ? handOver(object, context) : leaveRoles([owner], role, context),
      }
    }),
)

function handOver(object: SecuredObject, context: CheckContext): string {
  const { snapshot } = context
  const { kind, name, owner } = object
  const to = newOwner(context)
  if (to === undefined) {
    return decision(`Let another role own it: alter ${objectName(object)} owner to …`)
  }
  const keeps = (grantee: string | null) =>
    grantee === null || (grantee !== owner && inherits(snapshot, owner, grantee))
  return statements([
    `alter ${objectName(object)} owner to ${identifier(to)}`,
    ...(kind === 'schema'
      ? keptGrants({ role: owner, keeps, tables: [], schemas: [name] }, context)
      : []),
  ])
}

function holdsTenants(schema: string, { wanted }: CheckContext): boolean {
  return wanted.schemas.includes(schema) || wanted.tables.some((table) => table.schema === schema)
}

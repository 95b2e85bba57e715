import { inherits } from '../catalog/inherits.ts'
import { isSuperuser } from '../catalog/privileges.ts'
import type { RelationState } from '../catalog/relation-state.ts'
import { type Check, tableCheck } from './check.ts'
import type { CheckContext } from './facts/context.ts'
import { keptGrants } from './facts/kept-grants.ts'
import { privilegesOf, revokeFrom } from './facts/privileges.ts'
import { statements, withRemarks } from './facts/statements.ts'

export const grantToPublic: Check = tableCheck(
  {
    id: 'grant-to-public',
    level: 'medium',
    title: 'Every role has a privilege on a tenant table',
    why: 'A privilege of public belongs to every role, those that are created later too.',
    link: 'https://www.postgresql.org/docs/current/ddl-priv.html',
    broken: 'grant select on public.projects to public',
    fixed: 'revoke select on public.projects from public',
  },
  ({ relation }, context) => {
    const grants = relation.grants.filter(({ grantee }) => grantee === null)
    if (grants.length === 0) return
    return {
      summary: `Every role has ${privilegesOf(grants).join(', ')}.`,
      fix: ownGrantsInstead(relation, context),
    }
  },
)

/** The roles of the config keep what they have through `public` alone. */
function ownGrantsInstead(relation: RelationState, context: CheckContext): string {
  const { snapshot, wanted } = context
  const grants = relation.grants.filter(({ grantee }) => grantee === null)
  const kept = [...wanted.appRoles, ...wanted.adminRoles]
    .filter((role) => !isSuperuser(snapshot, role))
    .flatMap((role) =>
      keptGrants(
        {
          role,
          keeps: (grantee) => grantee !== null && inherits(snapshot, role, grantee),
          tables: [relation],
          schemas: [],
        },
        context,
      ),
    )
  return withRemarks(statements([...kept, revokeFrom(relation, grants)]), [
    'Every other role loses it: grant it to those that need it.',
  ])
}

import { inherits } from '../catalog/inherits.ts'
import { identifier } from '../sql/quote.ts'
import { type Check, tableCheck } from './check.ts'
import { privilegesOf, revokeFrom } from './facts/privileges.ts'
import { isUnbound } from './facts/sight.ts'
import { decision } from './facts/statements.ts'

export const grantOtherRole: Check = tableCheck(
  {
    id: 'grant-other-role',
    level: 'info',
    title: 'A role that the config does not name has privileges',
    why:
      'It is one more way to the rows, and no other check judges it: they judge the roles of the ' +
      'config.',
    link: 'https://www.postgresql.org/docs/current/ddl-priv.html',
    broken: 'grant select on public.projects to some_role',
    fixed: 'revoke select on public.projects from some_role',
  },
  ({ relation }, context) => {
    const { snapshot, wanted } = context
    const known = [...wanted.appRoles, ...wanted.adminRoles, ...wanted.ownerRoles]
    // A group that gives a known role its privileges is not one more way.
    const isKnown = (role: string) =>
      role === relation.owner || known.some((member) => inherits(snapshot, member, role))
    const others = new Set(relation.grants.flatMap(({ grantee }) => grantee ?? []))
    return [...others]
      .filter((role) => !isKnown(role))
      .map((role) => {
        const grants = relation.grants.filter(({ grantee }) => grantee === role)
        const isFree = isUnbound(role, relation, context)
        const has = privilegesOf(grants).join(', ')
        return {
          level: isFree ? 'high' : 'info',
          summary: `${identifier(role)} has ${has}${isFree ? ' and is not held by row security' : ''}.`,
          fix: decision(
            `If ${identifier(role)} does not need it:`,
            `  ${revokeFrom(relation, grants)}`,
          ),
        }
      })
  },
)

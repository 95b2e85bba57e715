import { inherits } from '../catalog/inherits.ts'
import { identifier, qualifiedName } from '../sql/quote.ts'
import { type Check, defineCheck, type Problem } from './check.ts'
import { checkedTables } from './facts/checked-tables.ts'
import type { CheckContext } from './facts/context.ts'
import { privilegesOf, revokeFrom } from './facts/privileges.ts'
import { readersOfEverything } from './facts/readers-of-everything.ts'
import { isUnbound } from './facts/sight.ts'
import { decision } from './facts/statements.ts'

export const grantOtherRole: Check = defineCheck(
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
  (context) => [...readers(context), ...grants(context)],
)

/** Once, and not for each table that it reads. */
function readers(context: CheckContext): Problem[] {
  return [...readersOfEverything(context)].map(([role, reason]) => ({
    object: role,
    summary: `It may read all tables: ${reason}.`,
    fix: decision(
      'A backup needs such a role. If this one is for something else, take away what it does not need.',
    ),
  }))
}

function grants(context: CheckContext): Problem[] {
  const { snapshot, wanted } = context
  const known = [...wanted.appRoles, ...wanted.adminRoles, ...wanted.ownerRoles]
  return checkedTables(context).flatMap(({ relation }) => {
    // A group that gives a known role its privileges is not one more way.
    const isKnown = (role: string) =>
      role === relation.owner || known.some((member) => inherits(snapshot, member, role))
    const others = new Set(relation.grants.flatMap(({ grantee }) => grantee ?? []))
    return [...others]
      .filter((role) => !isKnown(role) && !readersOfEverything(context).has(role))
      .map((role) => {
        const own = relation.grants.filter(({ grantee }) => grantee === role)
        const isFree = isUnbound(role, relation, context)
        const has = privilegesOf(own).join(', ')
        return {
          object: qualifiedName(relation),
          level: isFree ? 'high' : 'info',
          summary: `${identifier(role)} has ${has}${isFree ? ' and is not held by row security' : ''}.`,
          fix: decision(
            `If ${identifier(role)} does not need it:`,
            `  ${revokeFrom(relation, own)}`,
          ),
        }
      })
  })
}

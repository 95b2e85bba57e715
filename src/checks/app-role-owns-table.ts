import { inherits } from '../catalog/inherits.ts'
import type { RelationState } from '../catalog/relation-state.ts'
import { identifier, qualifiedName } from '../sql/quote.ts'
import { type Check, tableCheck } from './check.ts'
import type { CheckContext } from './facts/context.ts'
import { keptGrants } from './facts/kept-grants.ts'
import { leaveRoles } from './facts/memberships.ts'
import { newOwner } from './facts/new-owner.ts'
import { canSetRole, plainAppRoles } from './facts/roles.ts'
import { decision, statements } from './facts/statements.ts'

export const appRoleOwnsTable: Check = tableCheck(
  {
    id: 'app-role-owns-table',
    level: 'critical',
    title: 'The application owns a tenant table',
    why:
      'Policies do not bind the owner of a table unless they are forced, and the owner can switch ' +
      'them off.',
    link: 'https://www.postgresql.org/docs/current/ddl-rowsecurity.html',
    broken: 'alter table public.projects owner to app_user',
    fixed: 'alter table public.projects owner to app_owner',
    needs: 'appRoles',
  },
  ({ relation }, context) => {
    const { snapshot } = context
    const { owner, rlsForced } = relation
    const owners = plainAppRoles(context).filter(
      // A role that can become the owner is another finding: `app-role-can-set-role`.
      (role) => inherits(snapshot, role, owner) && !canSetRole(snapshot, role, owner),
    )
    const [first] = owners
    if (first === undefined) return
    return {
      level: rlsForced ? 'high' : 'critical',
      summary: `${first} owns it and can switch its row security off${rlsForced ? '' : '; it is not bound by it either'}.`,
      fix: owners.includes(owner)
        ? handOver(relation, context)
        : statements(owners.map((role) => leaveRoles([owner], role, context))),
    }
  },
)

/** PostgreSQL turns the grants of the old owner into grants of the new one. */
function handOver(relation: RelationState, context: CheckContext): string {
  const { owner } = relation
  const name = qualifiedName(relation)
  const to = newOwner(context)
  if (to === undefined) {
    return decision(`Let another role own it: alter table ${name} owner to …`)
  }
  const roles = plainAppRoles(context).filter((role) => inherits(context.snapshot, role, owner))
  return statements([
    `alter table ${name} owner to ${identifier(to)}`,
    ...roles.flatMap((role) =>
      keptGrants(
        {
          role,
          keeps: (g) => g === null || (g !== owner && inherits(context.snapshot, role, g)),
          tables: [relation],
        },
        context,
      ),
    ),
  ])
}

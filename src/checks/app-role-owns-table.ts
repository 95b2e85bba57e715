import { inherits } from '../catalog/inherits.ts'
import { identifier, qualifiedName } from '../sql/quote.ts'
import { type Check, tableCheck } from './check.ts'
import { canSetRole, plainAppRoles, revokeMembership } from './facts/roles.ts'
import { statements } from './facts/statements.ts'

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

    const name = qualifiedName(relation)
    const isFree = !plainAppRoles(context).some((r) => inherits(snapshot, r, snapshot.currentUser))
    const handOver = isFree
      ? `alter table ${name} owner to ${identifier(snapshot.currentUser)}`
      : `-- Let another role own it: alter table ${name} owner to …`
    return {
      level: rlsForced ? 'high' : 'critical',
      summary: `${first} owns it and can switch its row security off${rlsForced ? '' : '; it is not bound by it either'}.`,
      fix: owners.includes(owner)
        ? handOver
        : statements(owners.map((role) => revokeMembership(snapshot, owner, role))),
    }
  },
)

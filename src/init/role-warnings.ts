import type { RelationState } from '../catalog/relation-state.ts'
import type { Snapshot } from '../catalog/snapshot.ts'
import { ownersOf, whyUnbound } from './logins.ts'

/** A sentence for each role that would not do what it is meant to. */
export function roleWarnings(
  app: readonly string[],
  admin: readonly string[],
  { tables, snapshot }: { tables: readonly RelationState[]; snapshot: Snapshot },
): string[] {
  const unbound = snapshot.roles
    .filter(({ name }) => app.includes(name))
    .flatMap((role) => {
      const why = whyUnbound(role, tables, snapshot)
      return why === undefined ? [] : [`Row security does not bind ${role.name}: ${why}.`]
    })
  const bound = snapshot.memberships
    .filter(({ member, role }) => admin.includes(member) && app.includes(role))
    .map(({ member, role }) => `${member} is a member of ${role}, and bound like it.`)
  return [...unbound, ...bound, ...cannotMigrate(tables, snapshot)]
}

/** The login of `init` will run the migrations too. */
function cannotMigrate(
  tables: readonly RelationState[],
  { roles, memberships, currentUser }: Snapshot,
): string[] {
  if (roles.some(({ name, superuser }) => name === currentUser && superuser)) return []
  const own = new Set([currentUser])
  for (const { member, role } of memberships) if (member === currentUser) own.add(role)
  const others = ownersOf(tables).filter((owner) => !own.has(owner))
  if (others.length === 0) return []
  return [`${currentUser}, who is connected, cannot migrate the tables of ${others.join(', ')}.`]
}

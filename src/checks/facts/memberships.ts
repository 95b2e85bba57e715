import type { Snapshot } from '../../catalog/snapshot.ts'
import { identifier } from '../../sql/quote.ts'
import type { CheckContext } from './context.ts'
import { keptGrants } from './kept-grants.ts'
import { statements } from './statements.ts'

/**
 * Takes away the direct memberships by which `member` reaches one of `roles`, and grants it first what its
 * statements have through them.
 */
export function leaveRoles(
  roles: readonly string[],
  member: string,
  context: CheckContext,
): string {
  const { snapshot } = context
  const left = snapshot.memberships
    .filter((m) => m.member === member && m.isDirect)
    .map(({ role }) => role)
    .filter((from) => roles.some((role) => isMember(snapshot, from, role)))
  const kept = remainingRoles(snapshot, member, left)
  return statements([
    ...keptGrants(
      { role: member, keeps: (grantee) => grantee === null || kept.has(grantee) },
      context,
    ),
    ...left.map((role) => `revoke ${identifier(role)} from ${identifier(member)}`),
  ])
}

function isMember({ memberships }: Snapshot, member: string, role: string): boolean {
  return member === role || memberships.some((m) => m.member === member && m.role === role)
}

/** The roles whose privileges a member still has without the memberships that it leaves. */
function remainingRoles(
  { memberships }: Snapshot,
  member: string,
  left: readonly string[],
): Set<string> {
  const remaining = new Set([member])
  for (const name of remaining) {
    for (const { member: of, role, isDirect, inherits } of memberships) {
      const isLeft = of === member && left.includes(role)
      if (of === name && isDirect && inherits && !isLeft) remaining.add(role)
    }
  }
  return remaining
}

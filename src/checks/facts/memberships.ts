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
    ...left.flatMap((role) => revokeRole(role, member, snapshot)),
  ])
}

const GRANTS_BY_GRANTOR = 160000

/** From PostgreSQL 16 on a membership is there once for each role that granted it. */
function revokeRole(role: string, member: string, { serverVersion, reach }: Snapshot): string[] {
  const revoke = `revoke ${identifier(role)} from ${identifier(member)}`
  const granted = reach?.roleGrants.find((grant) => grant.role === role && grant.member === member)
  const grantors = serverVersion >= GRANTS_BY_GRANTOR ? (granted?.grantors ?? []) : []
  return [revoke, ...grantors.map((grantor) => `${revoke} granted by ${identifier(grantor)}`)]
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

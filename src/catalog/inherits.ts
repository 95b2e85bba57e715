import type { Snapshot } from './snapshot.ts'

/** The member has the privileges of `role` and is bound by its policies. True for the role itself. */
export function inherits(
  { memberships }: Pick<Snapshot, 'memberships'>,
  member: string,
  role: string,
): boolean {
  return (
    member === role || memberships.some((m) => m.member === member && m.role === role && m.inherits)
  )
}

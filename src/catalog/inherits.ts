import type { Snapshot } from './snapshot.ts'

/** True for the role itself too: it is bound by what binds `role`, and may what `role` may. */
export function inherits(
  { memberships }: Pick<Snapshot, 'memberships'>,
  member: string,
  role: string,
): boolean {
  return (
    member === role || memberships.some((m) => m.member === member && m.role === role && m.inherits)
  )
}

import { inherits } from '../catalog/inherits.ts'
import type { RelationState } from '../catalog/relation-state.ts'
import type { Snapshot } from '../catalog/snapshot.ts'

export function isSuperuser({ roles }: Snapshot, name: string): boolean {
  return roles.some((role) => role.name === name && role.superuser)
}

/** Granted to the role on the whole relation, to a role that it is a member of, or to everybody. */
export function holds(
  role: string,
  privilege: string,
  { relation, snapshot }: { relation: RelationState; snapshot: Snapshot },
): boolean {
  return (
    isSuperuser(snapshot, role) ||
    inherits(snapshot, role, relation.owner) ||
    relation.grants.some(
      (grant) =>
        grant.privilege === privilege &&
        grant.columns.length === 0 &&
        (grant.grantee === null || inherits(snapshot, role, grant.grantee)),
    )
  )
}

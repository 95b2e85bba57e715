import { inherits } from './inherits.ts'
import type { RelationState } from './relation-state.ts'
import type { Privilege, RoleState } from './role-state.ts'
import type { SecuredObject, Snapshot } from './snapshot.ts'

/**
 * The predefined role whose members hold a privilege on every relation; the last one since PostgreSQL 17.
 * https://www.postgresql.org/docs/current/predefined-roles.html
 */
export const PREDEFINED_ROLES: Readonly<Record<Privilege, string>> = {
  SELECT: 'pg_read_all_data',
  INSERT: 'pg_write_all_data',
  UPDATE: 'pg_write_all_data',
  DELETE: 'pg_write_all_data',
  MAINTAIN: 'pg_maintain',
}

export function findRole({ roles }: Snapshot, name: string): RoleState | undefined {
  return roles.find((role) => role.name === name)
}

export function isSuperuser(snapshot: Snapshot, name: string): boolean {
  return findRole(snapshot, name)?.superuser ?? false
}

/** An owner is among the grantees too, and can revoke his own privileges. */
type Relation = Pick<RelationState, 'grants'>

/** The privileges that a role has without SET ROLE, as `has_table_privilege` finds them. */
export interface HeldPrivileges {
  /** On the whole relation. */
  onRelation(privilege: Privilege, relation: Relation): boolean
  /** On the relation, or on some column of it. */
  onSomeColumn(privilege: Privilege, relation: Relation): boolean
}

/** @param snapshot holds the memberships of the role */
export function heldPrivileges(role: string, snapshot: Snapshot): HeldPrivileges {
  const inherited = snapshot.memberships.filter((m) => m.member === role && m.inherits)
  // null stands for `public`.
  const holders = new Set<string | null>([null, role, ...inherited.map((m) => m.role)])
  const mayEverything = isSuperuser(snapshot, role)
  const holdsEverywhere = (privilege: Privilege) => {
    const predefined = PREDEFINED_ROLES[privilege]
    return predefined !== undefined && holders.has(predefined)
  }
  const holds = (privilege: Privilege, { grants }: Relation, withColumns: boolean) =>
    mayEverything ||
    holdsEverywhere(privilege) ||
    grants.some(
      (grant) =>
        grant.privilege === privilege &&
        holders.has(grant.grantee) &&
        (withColumns || grant.columns.length === 0),
    )
  return {
    onRelation: (privilege, relation) => holds(privilege, relation, false),
    onSomeColumn: (privilege, relation) => holds(privilege, relation, true),
  }
}

/** The role holds the privilege on a schema and the like without SET ROLE. Superusers are not asked about. */
export function hasPrivilege(
  wanted: Privilege,
  role: string,
  { owner, grants }: SecuredObject,
  snapshot: Snapshot,
): boolean {
  return (
    inherits(snapshot, role, owner) ||
    grants.some(
      ({ privilege, grantee }) =>
        privilege === wanted && (grantee === null || inherits(snapshot, role, grantee)),
    )
  )
}

/**
 * The roles that have one of `privileges` by a grant, on the relation or on a column. Superusers and owners
 * are left out: they do not depend on grants.
 *
 * @param roles app roles: their privileges are in the snapshot, as the server found them
 */
export function rolesGranted(
  roles: readonly string[],
  privileges: readonly Privilege[],
  { relation, snapshot }: { relation: RelationState; snapshot: Snapshot },
): string[] {
  return roles.filter(
    (role) =>
      !isSuperuser(snapshot, role) &&
      !inherits(snapshot, role, relation.owner) &&
      relation.privileges.some((p) => p.role === role && privileges.includes(p.privilege)),
  )
}

import { heldPrivileges } from '../catalog/privileges.ts'
import type { RelationState } from '../catalog/relation-state.ts'
import type { Privilege, RoleState } from '../catalog/role-state.ts'
import type { Snapshot } from '../catalog/snapshot.ts'
import { commonest } from './references.ts'

/** A login that row security binds and that reaches tenant tables: perhaps the application. */
export interface Login {
  readonly name: string
  /** How many of the tenant tables it may read and change. */
  readonly reaches: number
}

/** The likeliest first: a user who only presses Enter must not get an administrator as the app. */
export function findLogins(tables: readonly RelationState[], snapshot: Snapshot): Login[] {
  const isAdmin = ({ name }: Login) => Number(/admin/i.test(name))
  return snapshot.roles
    .filter((role) => role.canLogIn && whyUnbound(role, tables, snapshot) === undefined)
    .map(({ name }) => ({
      name,
      reaches: tables.filter(reachedBy(name, snapshot, CHANGES)).length,
    }))
    .filter(({ reaches }) => reaches > 0)
    .toSorted(
      (a, b) => isAdmin(a) - isAdmin(b) || b.reaches - a.reaches || (a.name < b.name ? -1 : 1),
    )
}

const CHANGES = ['INSERT', 'UPDATE', 'DELETE']

/** The role holds one of the privileges, be it on a column. */
export function reachedBy(
  role: string,
  snapshot: Snapshot,
  privileges: readonly Privilege[],
): (relation: RelationState) => boolean {
  const held = heldPrivileges(role, snapshot)
  return (relation) => privileges.some((privilege) => held.onSomeColumn(privilege, relation))
}

/** The reason why no policy keeps this role in bounds. */
export function whyUnbound(
  { name, superuser, bypassRls }: RoleState,
  tables: readonly RelationState[],
  { memberships }: Snapshot,
): string | undefined {
  if (superuser) return 'it is a superuser'
  if (bypassRls) return 'it has BYPASSRLS'
  const owners = new Set(tables.map(({ owner }) => owner))
  if (owners.has(name)) return 'it owns tenant tables'
  const way = memberships.find((m) => m.member === name && owners.has(m.role))
  return way && `it can act as ${way.role}, which owns tenant tables`
}

/** Of the tables, the role that owns most first. */
export function ownersOf(tables: readonly RelationState[]): string[] {
  return commonest(tables.map(({ owner }) => owner))
}

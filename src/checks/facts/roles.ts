import { isSuperuser } from '../../catalog/privileges.ts'
import type { RoleState } from '../../catalog/role-state.ts'
import type { Snapshot } from '../../catalog/snapshot.ts'
import { checkedTables } from './checked-tables.ts'
import type { CheckContext } from './context.ts'
import { once } from './once.ts'

export function canSetRole(snapshot: Snapshot, member: string, role: string): boolean {
  return snapshot.memberships.some((m) => m.member === member && m.role === role && m.canSet)
}

/**
 * The app roles that need privileges: a superuser may do everything, which is one finding and not
 * one for each table.
 */
export function plainAppRoles({ snapshot, wanted }: CheckContext): string[] {
  return wanted.appRoles.filter((name) => !isSuperuser(snapshot, name))
}

/** By a policy of its own, which the config asks for. */
export function seesEveryTenant(role: string, { wanted }: Pick<CheckContext, 'wanted'>): boolean {
  return wanted.adminRoles.includes(role) || wanted.ownerRoles.includes(role)
}

/** The roles that the config names, the owners of tenant tables, and the groups of all of those. */
export const knownRoles: (context: CheckContext) => ReadonlySet<string> = once((context) => {
  const { snapshot, wanted } = context
  const owners = checkedTables(context).map(({ relation }) => relation.owner)
  const named = new Set([...wanted.appRoles, ...wanted.adminRoles, ...wanted.ownerRoles, ...owners])
  const groups = snapshot.memberships.filter((m) => named.has(m.member) && m.inherits)
  return new Set([...named, ...groups.map(({ role }) => role)])
})

/** The reason why row security does not hold this role; undefined when it does. */
export function powerOf(role: RoleState, context: CheckContext): string | undefined {
  if (role.superuser) return 'is a superuser'
  if (role.bypassRls) return 'has BYPASSRLS'
  if (seesEveryTenant(role.name, context)) return 'sees every tenant'
  const owns = checkedTables(context).some(({ relation }) => relation.owner === role.name)
  return owns ? 'owns tenant tables' : undefined
}

import { inherits } from '../../catalog/inherits.ts'
import { checkedTables } from './checked-tables.ts'
import type { CheckContext } from './context.ts'
import { canSetRole } from './roles.ts'

/**
 * The role that objects of the application should belong to: the owner of most tenant tables, else the login
 * that read the catalog. Undefined when the application can become either.
 */
export function newOwner(context: CheckContext): string | undefined {
  const { snapshot, wanted } = context
  const count = new Map<string, number>()
  for (const { relation } of checkedTables(context)) {
    count.set(relation.owner, (count.get(relation.owner) ?? 0) + 1)
  }
  const owners = [...count].sort(([, a], [, b]) => b - a).map(([owner]) => owner)
  const isFree = (owner: string) =>
    !wanted.appRoles.some(
      (app) => inherits(snapshot, app, owner) || canSetRole(snapshot, app, owner),
    )
  return [...owners, snapshot.currentUser].find(isFree)
}

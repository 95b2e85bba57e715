import { findRelation } from '../../catalog/find-relation.ts'
import { heldPrivileges } from '../../catalog/privileges.ts'
import type { RelationState } from '../../catalog/relation-state.ts'
import { identifier, qualifiedName } from '../../sql/quote.ts'
import type { TableName } from '../../sql/table-name.ts'
import type { CheckContext } from './context.ts'
import type { ViewRun } from './reachable-views.ts'
import { decision } from './statements.ts'

const USED = ['SELECT', 'INSERT', 'UPDATE', 'DELETE'] as const

/**
 * Lets a view read as its caller. Every role that may use the view then needs the same privileges on the
 * relations that it reads: where one lacks them, granting them opens more than the view, which is for the user
 * to decide.
 */
export function readAsCaller(
  { view, decidedBy }: Pick<ViewRun, 'view' | 'decidedBy'>,
  context: CheckContext,
): string {
  const change = `alter view ${qualifiedName(decidedBy)} set (security_invoker = true)`
  const grants = missingGrants([view, decidedBy], decidedBy.reads, context)
  if (grants.length === 0) return change
  return decision(
    'Its callers have no privileges on relations that it reads. If they may read them directly, grant these first:',
    ...grants.map((grant) => `  ${grant}`),
    `  ${change}`,
    'If not, let the view demand the tenant itself, and see that no one else can change it.',
  )
}

/** @param views the view and the one around it, whose callers reach it */
function missingGrants(
  views: readonly RelationState[],
  reads: readonly TableName[],
  context: CheckContext,
): string[] {
  const used = views.flatMap(({ owner, grants }) => grants.filter((g) => g.grantee !== owner))
  const grantees = [...new Set(used.map(({ grantee }) => grantee))]
  return grantees.flatMap((grantee) =>
    reads.flatMap((name) => {
      const read = findRelation(name, context.snapshot)
      const missing = USED.filter(
        (privilege) =>
          used.some((g) => g.grantee === grantee && g.privilege === privilege) &&
          !(read && holds(grantee, privilege, read, context)),
      )
      const to = grantee === null ? 'public' : identifier(grantee)
      return missing.length === 0
        ? []
        : [`grant ${missing.join(', ').toLowerCase()} on ${qualifiedName(name)} to ${to}`]
    }),
  )
}

function holds(
  grantee: string | null,
  privilege: string,
  relation: RelationState,
  { snapshot }: CheckContext,
): boolean {
  if (grantee !== null) return heldPrivileges(grantee, snapshot).onRelation(privilege, relation)
  return relation.grants.some(
    (grant) =>
      grant.grantee === null && grant.privilege === privilege && grant.columns.length === 0,
  )
}

import type { FunctionState } from '../../catalog/function-state.ts'
import { inherits } from '../../catalog/inherits.ts'
import { rolesGranted } from '../../catalog/privileges.ts'
import type { RelationState } from '../../catalog/relation-state.ts'
import type { Grant, RelationGrant } from '../../catalog/role-state.ts'
import { identifier, qualifiedName } from '../../sql/quote.ts'
import { grouped } from '../../util/grouped.ts'
import type { CheckContext } from './context.ts'
import { plainAppRoles } from './roles.ts'
import { decision, withRemarks } from './statements.ts'

/** The privileges that let a role see or change rows. */
export const ROW_PRIVILEGES = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE'] as const

/** The app roles that have one of `privileges`. Owners are another finding: `app-role-owns-table`. */
export function rolesWith(
  privileges: readonly string[],
  relation: RelationState,
  context: CheckContext,
): string[] {
  const { snapshot, wanted } = context
  return rolesGranted(wanted.appRoles, privileges, { relation, snapshot })
}

/** Takes `privileges` away where they come from: from the role, from `public`, from a group. */
export function revokePrivileges(
  privileges: readonly string[],
  relation: RelationState,
  context: CheckContext,
): string {
  const grants = grantsToApp(privileges, relation, context)
  if (grants.length === 0) {
    return decision('No grant gives this: look for predefined roles such as pg_read_all_data.')
  }
  return revokeFrom(relation, grants)
}

/** Only the grantor can take a privilege back, and not before those who passed it on lost it. */
export function revokeFrom(relation: RelationState, grants: readonly RelationGrant[]): string {
  const table = qualifiedName(relation)
  const mine = grants.filter(({ grantor }) => grantor === relation.owner)
  const foreign = grants.filter(({ grantor }) => grantor !== relation.owner)
  const passedOn = relation.grants.filter(({ grantor, privilege }) =>
    grants.some((grant) => grant.grantee === grantor && grant.privilege === privilege),
  )
  const remarks = [...grouped(foreign, ({ grantor }) => grantor)].map(
    ([grantor, own]) => `As ${identifier(grantor)}, which granted it: ${revokeGrants(own, table)}`,
  )
  if (passedOn.length > 0) {
    return decision(
      `It was passed on to ${grantees(passedOn.map(({ grantee }) => grantee))}, which loses it too:`,
      ...(mine.length === 0 ? [] : [`  ${revokeGrants(mine, table)} cascade`]),
      ...remarks,
    )
  }
  return mine.length === 0 ? decision(...remarks) : withRemarks(revokeGrants(mine, table), remarks)
}

/** The grants that give an app role one of `privileges`. The rights of an owner are another finding. */
export function grantsToApp<T extends Grant>(
  privileges: readonly string[],
  { owner, grants }: { readonly owner: string; readonly grants: readonly T[] },
  context: CheckContext,
): T[] {
  return grants.filter(
    ({ grantee, privilege }) =>
      privileges.includes(privilege) && reachesApp(grantee, context) && grantee !== owner,
  )
}

/** Each once: a privilege can be granted on the table and on a column of it. */
export function privilegesOf(grants: readonly Grant[]): string[] {
  return unique(grants.map(({ privilege }) => privilege))
}

/** @param object as `revoke … on` wants it: `public.projects`, `schema billing` */
export function revokeGrants(grants: readonly Grant[], object: string): string {
  const names = privilegesOf(grants).join(', ').toLowerCase()
  return `revoke ${names} on ${object} from ${grantees(grants.map(({ grantee }) => grantee))}`
}

export function revokeExecute(
  { kind, signature, ...fn }: FunctionState,
  context: CheckContext,
): string {
  const from = fn.grantees.filter((grantee) => reachesApp(grantee, context) && grantee !== fn.owner)
  return `revoke execute on ${kind} ${signature} from ${grantees(from)}`
}

function reachesApp(grantee: string | null, context: CheckContext): boolean {
  return (
    grantee === null ||
    plainAppRoles(context).some((role) => inherits(context.snapshot, role, grantee))
  )
}

/** `public` is a keyword here, not a role name. */
export function grantees(names: readonly (string | null)[]): string {
  return unique(names.map((name) => (name === null ? 'public' : identifier(name)))).join(', ')
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)]
}

import type { FunctionState } from '../../catalog/function-state.ts'
import { inherits } from '../../catalog/inherits.ts'
import { rolesGranted } from '../../catalog/privileges.ts'
import type { RelationState } from '../../catalog/relation-state.ts'
import type { Grant } from '../../catalog/role-state.ts'
import { identifier, qualifiedName } from '../../sql/quote.ts'
import type { CheckContext } from './context.ts'
import { plainAppRoles } from './roles.ts'

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
    return `-- No grant gives this: look for predefined roles such as pg_read_all_data.`
  }
  return revokeGrants(grants, qualifiedName(relation))
}

/** The grants that give an app role one of `privileges`. The rights of an owner are another finding. */
export function grantsToApp(
  privileges: readonly string[],
  { owner, grants }: { readonly owner: string; readonly grants: readonly Grant[] },
  context: CheckContext,
): Grant[] {
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

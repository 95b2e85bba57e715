import type { ReachFunction, ReachRelation } from '../../catalog/reach/reach-facts.ts'
import { identifier, qualifiedName } from '../../sql/quote.ts'
import type { CheckContext } from './context.ts'
import { roadMap } from './roads.ts'

const ROWS: readonly string[] = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']

/** Takes from the logins, and from what they may become, the rights on rows of a relation. */
export function revokeFromApp(
  relation: ReachRelation,
  context: CheckContext,
  privilegesOnRows: readonly string[] = ROWS,
): string {
  const roles = freeRoles(context)
  const grants = relation.grants.filter(
    ({ grantee, privilege }) => privilegesOnRows.includes(privilege) && isAmong(grantee, roles),
  )
  if (grants.length === 0)
    return '-- No grant gives this: look at predefined roles and at the owner.'
  const privileges = unique(grants.map(({ privilege }) => privilege.toLowerCase())).join(', ')
  return `revoke ${privileges} on ${qualifiedName(relation)} from ${grantees(grants.map((g) => g.grantee))}`
}

export function revokeExecuteFromApp(fn: ReachFunction, context: CheckContext): string {
  const roles = freeRoles(context)
  const from = fn.grantees.filter((grantee) => grantee !== fn.owner && isAmong(grantee, roles))
  if (from.length === 0) return '-- No grant gives this: look at the owner of the function.'
  return `revoke execute on ${fn.kind} ${fn.signature} from ${grantees(from)}`
}

/** The logins, the roles that they may become, and all whose privileges those have. */
export function freeRoles(context: CheckContext): ReadonlySet<string> {
  const map = roadMap(context)
  if (!map) return new Set()
  const roles = context.wanted.appRoles.flatMap((login) => [...map.become(login).keys()])
  return new Set(roles.flatMap((role) => [role, ...map.graph.inherited(role)]))
}

function isAmong(grantee: string | null, roles: ReadonlySet<string>): boolean {
  return grantee === null || roles.has(grantee)
}

/** `public` is a keyword here, not a role name. */
function grantees(names: readonly (string | null)[]): string {
  return unique(names.map((name) => (name === null ? 'public' : identifier(name)))).join(', ')
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)]
}

import type { PolicyState } from '../../catalog/policy-state.ts'
import { dropPolicy } from '../../policy/tenant-policies.ts'
import type { TenantTable } from '../../policy/tenant-table.ts'
import { identifier, qualifiedName } from '../../sql/quote.ts'
import type { CheckContext } from './context.ts'
import { appliesToApp } from './policies.ts'

/** Takes a policy away from the app roles, and leaves it to the other roles that it names. */
export function withoutApp(table: TenantTable, policy: PolicyState, context: CheckContext): string {
  const others = policy.roles.filter((role) => !appliesToApp({ ...policy, roles: [role] }, context))
  if (others.length === 0) return dropPolicy(table, policy.name, { ifExists: true })
  return `alter policy ${identifier(policy.name)} on ${qualifiedName(table)}\n  to ${others.map(identifier).join(', ')}`
}

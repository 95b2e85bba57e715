import { hasSameRoles } from '../policy/policy-match.ts'
import { type Check, tableCheck } from './check.ts'
import { policyPairs } from './facts/policies.ts'
import { restorePolicy } from './facts/protection.ts'

export const policyRolesDrift: Check = tableCheck(
  {
    id: 'policy-roles-drift',
    level: 'high',
    title: 'A policy is for other roles',
    why: 'The policy denies a role that needs it, leaves a role without the floor, or opens the table to more roles.',
    link: 'https://www.postgresql.org/docs/current/sql-alterpolicy.html',
    broken: 'alter policy tenant_isolation on public.projects to some_role',
    fixed: 'alter policy tenant_isolation on public.projects to app_user',
  },
  (state) =>
    policyPairs(state)
      .filter((pair) => !hasSameRoles(pair))
      .map((pair) => ({
        summary: `Policy ${pair.wanted.name} is for ${list(pair.actual.roles)}, not for ${list(pair.wanted.roles)}.`,
        fix: restorePolicy(state.table, pair),
      })),
)

function list(roles: readonly string[]): string {
  return roles.length === 0 ? 'public' : roles.join(', ')
}

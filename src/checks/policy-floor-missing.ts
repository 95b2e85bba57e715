import { type Check, tableCheck } from './check.ts'
import { EXAMPLE, examplePolicies } from './facts/example.ts'
import { isObserved, missingPolicies } from './facts/policies.ts'
import { createPolicies } from './facts/protection.ts'

export const policyFloorMissing: Check = tableCheck(
  {
    id: 'policy-floor-missing',
    level: 'medium',
    title: 'No restrictive policy bounds the others',
    why: 'Permissive policies add up: the next one that is created opens the table.',
    link: 'https://www.postgresql.org/docs/current/sql-createpolicy.html',
    broken: 'drop policy tenant_isolation on public.projects',
    fixed: createPolicies(EXAMPLE, examplePolicies('tenant_isolation')),
  },
  (state) => {
    const { rlsEnabled, policies } = state.relation
    // A table without any policy is another finding: `rls-no-policy`.
    if (!rlsEnabled || policies.length === 0 || isObserved(state)) return
    const missing = missingPolicies(state).filter(({ permissive }) => !permissive)
    if (missing.length === 0) return
    return {
      // With permissive policies of the user, the floor alone isolates.
      level: state.table.access === 'boundary' ? 'high' : 'medium',
      summary: `Missing: ${missing.map(({ name }) => name).join(', ')}.`,
      fix: createPolicies(state.table, missing),
    }
  },
)

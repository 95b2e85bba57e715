import { type Check, tableCheck } from './check.ts'
import { EXAMPLE, examplePolicies } from './facts/example.ts'
import { missingPolicies } from './facts/policies.ts'
import { createPolicies } from './facts/protection.ts'

export const policyAccessMissing: Check = tableCheck(
  {
    id: 'policy-access-missing',
    level: 'high',
    title: 'A policy that opens the table is missing',
    why:
      'Where no permissive policy applies, reading finds no rows and writing fails: an outage for ' +
      'the application or the admin, and outages are often ended by opening the table too far.',
    link: 'https://www.postgresql.org/docs/current/ddl-rowsecurity.html',
    broken: 'drop policy tenant_access on public.projects',
    fixed: createPolicies(EXAMPLE, examplePolicies('tenant_access')),
  },
  (state) => {
    const { rlsEnabled, policies } = state.relation
    // A table without any policy is another finding: `rls-no-policy`.
    if (!rlsEnabled || policies.length === 0) return
    const missing = missingPolicies(state).filter(({ permissive }) => permissive)
    if (missing.length === 0) return
    return {
      summary: `Missing: ${missing.map(({ name }) => name).join(', ')}.`,
      fix: createPolicies(state.table, missing),
    }
  },
)

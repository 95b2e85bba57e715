import { type Check, tableCheck } from './check.ts'
import {
  appliesToApp,
  demandsOwnRow,
  hasIntactFloor,
  ignoresTenant,
  ownPolicies,
  policyText,
} from './facts/policies.ts'
import { withoutApp } from './facts/without-app.ts'

export const policyUnexpectedPermissive: Check = tableCheck(
  {
    id: 'policy-unexpected-permissive',
    level: 'high',
    title: 'A permissive policy that the tool did not write',
    why: 'Permissive policies add up: one more may open rows that the others do not.',
    link: 'https://www.postgresql.org/docs/current/sql-createpolicy.html',
    broken: `create policy published on public.projects for select to app_user
  using (tenant_id is not null)`,
    fixed: 'drop policy published on public.projects',
  },
  (state, context) => {
    const { table } = state
    if (table.access === 'boundary') return
    const isBounded = hasIntactFloor(state, context)
    return (
      ownPolicies(state)
        .filter((policy) => policy.permissive && appliesToApp(policy, context))
        // Another finding: `policy-ignores-tenant-column`.
        .filter((policy) => !ignoresTenant(policy, table.column))
        .map((policy) => ({
          level: demandsOwnRow(policy, state) ? 'info' : isBounded ? 'low' : 'high',
          summary: `Policy ${policy.name} lets the application reach more rows${isBounded ? '; the floor bounds it' : ''}.`,
          fix: withoutApp(table, policy, context),
          evidence: policyText(policy),
        }))
    )
  },
)

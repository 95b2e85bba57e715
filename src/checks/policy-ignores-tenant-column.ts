import { type Check, tableCheck } from './check.ts'
import {
  appliesToApp,
  hasIntactFloor,
  ignoresTenant,
  isObserved,
  ownPolicies,
  policyText,
} from './facts/policies.ts'
import { withoutApp } from './facts/without-app.ts'

export const policyIgnoresTenantColumn: Check = tableCheck(
  {
    id: 'policy-ignores-tenant-column',
    level: 'critical',
    title: 'A permissive policy does not look at the tenant',
    why:
      'Permissive policies add up: one that never mentions the tenant column, such as ' +
      '`using (true)`, opens the rows of every tenant unless a restrictive policy bounds it.',
    link: 'https://www.postgresql.org/docs/current/sql-createpolicy.html',
    broken: 'create policy read_all on public.projects for select to app_user using (true)',
    fixed: 'drop policy read_all on public.projects',
  },
  (state, context) => {
    const { table } = state
    const isBounded = hasIntactFloor(state, context)
    // With `access: 'boundary'` the floor alone compares the tenant.
    if ((isBounded || isObserved(state)) && table.access === 'boundary') return
    return ownPolicies(state)
      .filter((policy) => policy.permissive && appliesToApp(policy, context))
      .filter((policy) => ignoresTenant(policy, table.column))
      .map((policy) => ({
        level: isBounded ? 'low' : 'critical',
        summary: `Policy ${policy.name} does not look at ${table.column}${isBounded ? '; the floor bounds it' : ''}.`,
        fix: withoutApp(table, policy, context),
        evidence: policyText(policy),
      }))
  },
)

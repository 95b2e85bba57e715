import { isOwnRow } from '../policy/current-tenant.ts'
import { type Check, tableCheck } from './check.ts'
import {
  boundaryPolicies,
  demandsOwnRow,
  hasIntactFloor,
  isObserved,
  policyText,
} from './facts/policies.ts'
import { ownRowAnd, rewrittenPolicy } from './facts/rewritten-policy.ts'
import { decision } from './facts/statements.ts'

export const policyReferencesOtherColumns: Check = tableCheck(
  {
    id: 'policy-references-other-columns',
    level: 'info',
    title: 'A permissive policy looks at more than the tenant',
    why:
      'An attribute of the row can stand in for the tenant: `or is_public` shows the row to every ' +
      'tenant unless a restrictive policy bounds it.',
    link: 'https://www.postgresql.org/docs/current/sql-createpolicy.html',
    broken: `alter policy comment_access on public.comments
  using (is_public or tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))`,
    fixed: `alter policy comment_access on public.comments
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))`,
  },
  (state, context) =>
    boundaryPolicies(state, context)
      // A condition beside that on the own tenant only narrows.
      .filter((policy) => !demandsOwnRow(policy, state))
      .flatMap((policy) => {
        const { table } = state
        const others = [...policy.usingColumns, ...policy.checkColumns].filter(
          (column) => column !== table.column,
        )
        if (others.length === 0) return []
        return {
          level: hasIntactFloor(state, context) || isObserved(state) ? 'info' : 'high',
          summary: `Policy ${policy.name} also looks at ${[...new Set(others)].join(', ')}.`,
          fix: table.shared
            ? decision(
                `Demand the tenant in policy ${policy.name} too: its own rows, or those of no tenant.`,
              )
            : // The other conditions of the policy stay.
              rewrittenPolicy(table, policy, (text) => ownRowAnd(text, isOwnRow(table))),
          evidence: policyText(policy),
        }
      }),
)

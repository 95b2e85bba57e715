import type { Effect } from '../catalog/truth-table.ts'
import { hasSameShape } from '../policy/policy-match.ts'
import { qualifiedName } from '../sql/quote.ts'
import { hasDrifted } from '../truth-table/drifted-table.ts'
import { proofOf, verdictOf } from '../truth-table/verdict.ts'
import type { TenantTableState } from '../wanted/tenant-table-state.ts'
import { type Check, type Doubt, tableCheck } from './check.ts'
import { checkedTables } from './facts/checked-tables.ts'
import type { CheckContext } from './facts/context.ts'
import { alterExample } from './facts/example.ts'
import { isObserved, missingPolicies, policyPairs, policyText } from './facts/policies.ts'
import { createPolicies, restorePolicy } from './facts/protection.ts'
import { statements } from './facts/statements.ts'
import { effectsOnApp, truthTableOf, worstEffect } from './facts/truth-tables.ts'

const FAIL_OPEN = `tenant_id = coalesce(
    (select nullif(current_setting('app.tenant_id', true), '')::uuid), tenant_id)`

export const policyLeaksRows: Check = {
  ...tableCheck(
    {
      id: 'policy-leaks-rows',
      level: 'critical',
      title: 'The policies of a table together let rows of other tenants through',
      why:
        'Their conditions were evaluated over made-up rows, combined as PostgreSQL combines them: the ' +
        'row that is named passes, and must not. Every connection of the application can do the same.',
      link: 'https://www.postgresql.org/docs/current/ddl-rowsecurity.html',
      broken: `alter policy tenant_access on public.projects using (${FAIL_OPEN}) with check (${FAIL_OPEN});
alter policy tenant_isolation on public.projects using (${FAIL_OPEN}) with check (${FAIL_OPEN})`,
      fixed: statements([alterExample('tenant_access'), alterExample('tenant_isolation')]),
      alsoFinds: ['policy-expression-drift'],
    },
    (state, context) => {
      const worst = worstOf(state, context)
      // Another finding: `policy-observe-mode`.
      if (!worst || verdictOf(worst) !== 'more' || isObserved(state)) return
      const proof = proofOf(worst)
      return {
        summary: `${proof.charAt(0).toUpperCase()}${proof.slice(1)}.`,
        fix: restore(state),
        evidence: JSON.stringify(state.relation.policies.map(policyText)),
      }
    },
  ),
  doubts,
}

function worstOf(state: TenantTableState, context: CheckContext): Effect | undefined {
  const truthTable = truthTableOf(state, context)
  return truthTable && worstEffect(effectsOnApp(truthTable, context))
}

function doubts(context: CheckContext): Doubt[] {
  return checkedTables(context)
    .filter((state) => hasDrifted(state) && !isObserved(state))
    .flatMap((state) => {
      const object = qualifiedName(state.relation)
      if (!truthTableOf(state, context)) {
        return { object, reason: 'its policies were not tried out for this config' }
      }
      const worst = worstOf(state, context)
      if (!worst || verdictOf(worst) !== 'doubtful') return []
      return { object, reason: worst.moreDoubt ?? '' }
    })
}

// With the floor as it should be, no other policy can leak.
function restore(state: TenantTableState): string {
  const missing = missingPolicies(state)
  return statements([
    ...(missing.length > 0 ? [createPolicies(state.table, missing)] : []),
    ...policyPairs(state)
      .filter(hasSameShape)
      .map((pair) => restorePolicy(state.table, pair)),
  ])
}

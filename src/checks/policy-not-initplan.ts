import type { PolicyState } from '../catalog/policy-state.ts'
import { outsideSubSelects } from '../policy/conjuncts.ts'
import { type Check, tableCheck } from './check.ts'
import { appliesToApp, ownPolicies } from './facts/policies.ts'
import { rewrittenPolicy, textsOf } from './facts/rewritten-policy.ts'

const CALL = /current_setting\('(?:[^']|'')*'::text(?:, (?:true|false))?\)/g

export const policyNotInitplan: Check = tableCheck(
  {
    id: 'policy-not-initplan',
    level: 'low',
    title: 'A policy reads the setting for every row',
    why:
      'A scan calls current_setting for each row, which is three to six times slower. A sub-select is ' +
      'evaluated once for each statement.',
    link: 'https://www.postgresql.org/docs/current/sql-createpolicy.html',
    broken: `alter policy comment_access on public.comments
  using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)`,
    fixed: `alter policy comment_access on public.comments
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))`,
  },
  (state, context) =>
    ownPolicies(state)
      .filter((policy) => appliesToApp(policy, context) && readsPerRow(policy))
      .map((policy) => ({
        summary: `Policy ${policy.name} calls current_setting outside a sub-select.`,
        fix: rewrittenPolicy(state.table, policy, (text) =>
          outsideSubSelects(text, (part) => part.replaceAll(CALL, (call) => `(select ${call})`)),
        ),
      })),
)

function readsPerRow(policy: PolicyState): boolean {
  return textsOf(policy).some((text) => {
    let isRead = false
    outsideSubSelects(text, (part) => {
      isRead ||= part.includes('current_setting(')
      return part
    })
    return isRead
  })
}

import { createObserver, dropObserver, isObserver, isObserving } from '../policy/observe.ts'
import { alterPolicy, dropPolicy, tenantPolicies } from '../policy/tenant-policies.ts'
import type { TenantTableState } from '../wanted/tenant-table-state.ts'
import { type Check, tableCheck } from './check.ts'
import type { CheckContext } from './facts/context.ts'
import { alterExample, EXAMPLE, examplePolicies } from './facts/example.ts'
import { isObserved, missingPolicies, policyPairs, policyText } from './facts/policies.ts'
import { createPolicies, restorePolicy } from './facts/protection.ts'
import { statements } from './facts/statements.ts'

const [OBSERVING] = tenantPolicies({ ...EXAMPLE, observedBy: 'public' })

export const policyObserveMode: Check = tableCheck(
  {
    id: 'policy-observe-mode',
    level: 'high',
    title: 'A table is only observed',
    why:
      '`migrate:rls --observe` lets a statement without a tenant reach every row, and any statement ' +
      'write a row of any tenant, until the log stays quiet. Until then no tenant is isolated.',
    link: 'https://www.postgresql.org/docs/current/sql-createpolicy.html',
    broken: statements([
      createObserver('public'),
      ...(OBSERVING ? [alterPolicy(EXAMPLE, OBSERVING)] : []),
      dropPolicy(EXAMPLE, 'tenant_isolation'),
    ]),
    fixed: statements([
      createPolicies(EXAMPLE, examplePolicies('tenant_isolation')),
      alterExample('tenant_access'),
      dropObserver('public'),
    ]),
  },
  (state, context) => {
    if (!isObserved(state)) return
    const observing = state.relation.policies.filter(isObserving)
    return {
      summary: `Policy ${observing.map(({ name }) => name).join(', ')} isolates no tenant: a statement without a tenant is logged, and reaches every row.`,
      fix: enforce(state, context),
      evidence: JSON.stringify(observing.map(policyText)),
    }
  },
)

/** The steps of `migrate:rls` but for FORCE, which is a finding from then on. */
function enforce(state: TenantTableState, { snapshot }: CheckContext): string {
  const { table, relation } = state
  const missing = missingPolicies(state).filter(({ permissive }) => !permissive)
  const pairs = policyPairs(state).filter(({ actual }) => isObserving(actual))
  const wanted = new Set(pairs.map(({ actual }) => actual))
  const surplus = relation.policies.filter((p) => isObserving(p) && !wanted.has(p))
  const isLast = snapshot.relations.every((r) => r === relation || !r.policies.some(isObserving))
  const observers = isLast ? snapshot.functions.filter(isObserver) : []
  return statements([
    ...(missing.length > 0 ? [createPolicies(table, missing)] : []),
    ...pairs.map((pair) => restorePolicy(table, pair)),
    ...surplus.map(({ name }) => dropPolicy(table, name, { ifExists: true })),
    ...observers.map(({ schema }) => dropObserver(schema, { ifExists: true })),
  ])
}

import type { Level } from '../level.ts'
import { alterPolicy } from '../policy/tenant-policies.ts'
import { type Check, type CheckContext, tableCheck } from './check.ts'
import { alterExample } from './facts/example.ts'
import {
  type Difference,
  difference,
  hasIntactFloor,
  hasWantedShape,
  type PolicyPair,
  policyPairs,
  policyText,
  readsAnotherSetting,
} from './facts/policies.ts'
import type { TenantTableState } from './facts/tenant-tables.ts'

const SUMMARY = {
  stricter: 'demands more than what is generated',
  ignores: 'does not look at the tenant column',
  differs: 'is not what is generated',
} as const

export const policyExpressionDrift: Check = tableCheck(
  {
    id: 'policy-expression-drift',
    level: 'high',
    title: 'The expression of a policy changed',
    why:
      'The policy has its name and says something else. A restrictive one no longer bounds the ' +
      'others; a permissive one may open the table.',
    link: 'https://www.postgresql.org/docs/current/sql-createpolicy.html',
    broken: 'alter policy tenant_isolation on public.projects using (true) with check (true)',
    fixed: alterExample('tenant_isolation'),
  },
  (state, context) =>
    policyPairs(state)
      // Other findings: `policy-shape-drift`, `policy-setting-drift`.
      .filter((pair) => hasWantedShape(pair) && readsAnotherSetting(pair, state) === undefined)
      .flatMap((pair) => {
        const found = difference(pair, state)
        if (found === 'none') return []
        return {
          level: levelOf(found, pair, { state, context }),
          summary: `Policy ${pair.wanted.name} ${SUMMARY[found]}.`,
          fix: alterPolicy(state.table, pair.wanted),
          evidence: policyText(pair.actual),
        }
      }),
)

function levelOf(
  found: Exclude<Difference, 'none'>,
  { wanted }: PolicyPair,
  { state, context }: { state: TenantTableState; context: CheckContext },
): Level {
  if (found === 'stricter') return 'low'
  if (!wanted.permissive) return 'high'
  if (hasIntactFloor(state, context)) return 'medium'
  return found === 'ignores' ? 'critical' : 'high'
}

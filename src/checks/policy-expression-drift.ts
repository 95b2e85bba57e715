import type { Level } from '../config/level.ts'
import { type Difference, difference } from '../policy/compare-clauses.ts'
import { isObserving } from '../policy/observe.ts'
import { hasSameShape } from '../policy/policy-match.ts'
import type { PolicyPair } from '../policy/policy-pair.ts'
import { proofOf, verdictOf } from '../truth-table/verdict.ts'
import type { TenantTableState } from '../wanted/tenant-table-state.ts'
import { type Check, tableCheck } from './check.ts'
import type { CheckContext } from './facts/context.ts'
import { alterExample } from './facts/example.ts'
import { hasIntactFloor, policyPairs, policyText, readsAnotherSetting } from './facts/policies.ts'
import { restorePolicy } from './facts/protection.ts'
import { effectsOnApp, truthTableOf, worstEffect } from './facts/truth-tables.ts'

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
      // Other findings: `policy-shape-drift`, `policy-setting-drift`, `policy-observe-mode`.
      .filter((pair) => hasSameShape(pair) && readsAnotherSetting(pair, state) === undefined)
      .filter(({ actual }) => !isObserving(actual))
      .flatMap((pair) => {
        const found = difference(pair, state.table)
        if (found === 'none') return []
        return {
          ...gradeOf(found, pair, { state, context }),
          fix: restorePolicy(state.table, pair),
          evidence: policyText(pair.actual),
        }
      }),
)

interface Place {
  readonly state: TenantTableState
  readonly context: CheckContext
}

interface Grade {
  readonly level: Level
  readonly summary: string
}

/** Judges by the policies that were tried out, where that proved anything, else by their text. */
function gradeOf(found: Exclude<Difference, 'none'>, pair: PolicyPair, place: Place): Grade {
  const { name, permissive } = pair.wanted
  const truthTable = truthTableOf(place.state, place.context)
  if (found === 'stricter' || !truthTable) return gradeByText(found, pair, place)

  const worst = worstEffect(truthTable.effects.filter(({ policy }) => policy === name))
  const verdict = worst ? verdictOf(worst) : 'same'
  const proof = worst ? proofOf(worst) : ''
  switch (verdict) {
    case 'more': {
      const leaks = effectsOnApp(truthTable, place.context).some(({ more }) => more.length > 0)
      const level = leaks ? 'critical' : permissive ? 'medium' : 'high'
      return { level, summary: `Policy ${name} lets more through: ${proof}.` }
    }
    case 'doubtful':
      return gradeByText(found, pair, place)
    case 'nothing':
      return { level: 'high', summary: `Policy ${name} denies what it is for: ${proof}.` }
    case 'no more':
      return { level: 'low', summary: `Policy ${name} ${SUMMARY.stricter}.` }
    case 'same':
      return { level: 'low', summary: `Policy ${name} says the same in other words.` }
  }
}

const SUMMARY = {
  stricter: 'demands more than what is generated',
  ignores: 'does not look at the tenant column',
  differs: 'is not what is generated',
} as const

function gradeByText(found: Exclude<Difference, 'none'>, pair: PolicyPair, place: Place): Grade {
  return {
    level: levelOf(found, pair, place),
    summary: `Policy ${pair.wanted.name} ${SUMMARY[found]}.`,
  }
}

function levelOf(
  found: Exclude<Difference, 'none'>,
  { wanted }: PolicyPair,
  { state, context }: Place,
): Level {
  if (found === 'stricter') return 'low'
  if (!wanted.permissive) return 'high'
  if (hasIntactFloor(state, context)) return 'medium'
  return found === 'ignores' ? 'critical' : 'high'
}

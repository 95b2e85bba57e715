import type { PolicyState } from '../catalog/policy-state.ts'
import type { Snapshot } from '../catalog/snapshot.ts'
import { checkedTables } from '../checks/facts/checked-tables.ts'
import { ownPolicies } from '../checks/facts/policies.ts'
import { isExact } from '../policy/policy-match.ts'
import { findByName } from '../policy/policy-pair.ts'
import { createPolicy, type TenantPolicy, tenantPolicies } from '../policy/tenant-policies.ts'
import { qualifiedName } from '../sql/quote.ts'
import type { TenantTableState } from '../wanted/tenant-table-state.ts'
import type { Wanted } from '../wanted/wanted.ts'

/** The policies of a table beside those that it should have. */
export interface TablePolicies {
  /** As findings name it. */
  readonly table: string
  readonly rlsEnabled: boolean
  readonly rlsForced: boolean
  readonly policies: readonly PolicyBeside[]
}

/** Both as PostgreSQL deparses them, so that only what differs differs. */
export interface PolicyBeside {
  readonly name: string
  /** `own`: of another name than those of the tool. */
  readonly state: 'as wanted' | 'differs' | 'missing' | 'own'
  readonly is: string | undefined
  readonly wanted: string | undefined
}

/** Pure: every tenant table that has its tenant column, in the order of the config. */
export function tablePolicies(wanted: Wanted, snapshot: Snapshot): TablePolicies[] {
  return checkedTables({ wanted, snapshot }).map((state) => {
    const { rlsEnabled, rlsForced, ...table } = state.relation
    return {
      table: qualifiedName(table),
      rlsEnabled,
      rlsForced,
      policies: [
        ...tenantPolicies(state.table).map((policy) => beside(policy, state)),
        ...ownPolicies(state).map((policy) => ({
          name: policy.name,
          state: 'own' as const,
          is: statementOf(policy, state),
          wanted: undefined,
        })),
      ],
    }
  })
}

function beside(wanted: TenantPolicy, state: TenantTableState): PolicyBeside {
  const { name } = wanted
  const statement = createPolicy(state.relation, deparsed(wanted))
  const actual = findByName(state.relation.policies, wanted)
  if (!actual) return { name, state: 'missing', is: undefined, wanted: statement }
  const is = statementOf(actual, state)
  return isExact({ wanted, actual })
    ? { name, state: 'as wanted', is, wanted: is }
    : { name, state: 'differs', is, wanted: statement }
}

function statementOf(policy: PolicyState, { relation }: TenantTableState): string {
  const expression = (text: string | null) =>
    text === null ? undefined : { sql: text, deparsed: text }
  const { using, check } = policy
  return createPolicy(relation, {
    ...policy,
    using: expression(using),
    check: expression(check),
    why: '',
  })
}

function deparsed(policy: TenantPolicy): TenantPolicy {
  const written = ({ deparsed }: { deparsed: string }) => ({ sql: deparsed, deparsed })
  const { using, check, roles } = policy
  return {
    ...policy,
    roles: roles.toSorted(),
    using: using && written(using),
    check: check && written(check),
  }
}

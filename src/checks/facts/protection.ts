import { isOurs } from '../../policy/policy-match.ts'
import type { PolicyPair } from '../../policy/policy-pair.ts'
import {
  alterPolicy,
  createPolicy,
  dropPolicy,
  markPolicy,
  POLICY_MARKER,
  type TenantPolicy,
} from '../../policy/tenant-policies.ts'
import type { TenantTable } from '../../policy/tenant-table.ts'
import { qualifiedName } from '../../sql/quote.ts'
import type { TenantTableState } from '../../wanted/tenant-table-state.ts'
import { missingPolicies } from './policies.ts'
import { statements } from './statements.ts'

/** Policies of these names that were missing: the statements can run again. */
export function createPolicies(table: TenantTable, policies: readonly TenantPolicy[]): string {
  return statements(
    policies.flatMap((policy) => [
      ...createOwnPolicy(table, policy),
      markPolicy(table, policy.name, POLICY_MARKER),
    ]),
  )
}

/** A policy of the user: without the marker, so that no migration drops it. */
export function createOwnPolicy(table: TenantTable, policy: TenantPolicy): string[] {
  return [
    // PostgreSQL has no `create policy if not exists`.
    dropPolicy(table, policy.name, { ifExists: true }),
    createPolicy(table, policy),
  ]
}

/** Makes a policy the wanted one, and marks it as one of the tool: else the next migration would. */
export function restorePolicy(table: TenantTable, { wanted, actual }: PolicyPair): string {
  return statements([
    alterPolicy(table, wanted),
    ...(isOurs(actual) ? [] : [markPolicy(table, wanted.name, POLICY_MARKER)]),
  ])
}

/** Adds all that row security needs on the table: policies first, then the switches. */
export function protect(state: TenantTableState): string {
  const { rlsEnabled, rlsForced } = state.relation
  const name = qualifiedName(state.relation)
  const missing = missingPolicies(state)
  return statements([
    ...(missing.length > 0 ? [createPolicies(state.table, missing)] : []),
    ...(rlsEnabled ? [] : [`alter table ${name} enable row level security`]),
    ...(rlsForced ? [] : [`alter table ${name} force row level security`]),
  ])
}

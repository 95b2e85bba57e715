import { findRelation } from '../catalog/find-relation.ts'
import type { PolicyState } from '../catalog/policy-state.ts'
import type { Level } from '../config/level.ts'
import { qualifiedName } from '../sql/quote.ts'
import type { TenantTableState } from '../wanted/tenant-table-state.ts'
import { type Check, tableCheck } from './check.ts'
import type { CheckContext } from './facts/context.ts'
import { appliesToApp, demandsOwnRow, hasIntactFloor, policyText } from './facts/policies.ts'
import { rolesWith } from './facts/privileges.ts'

export const policyReferencesOtherTable: Check = tableCheck(
  {
    id: 'policy-references-other-table',
    level: 'medium',
    title: 'A policy looks into another table',
    why:
      'Every role that may write the other table decides who sees the rows of this one; a change of ' +
      'it races with running statements; and no index serves the condition.',
    link: 'https://www.postgresql.org/docs/current/ddl-rowsecurity.html',
    broken: `create policy of_a_project on public.tasks as restrictive to app_user
  using (exists (select from public.projects p where p.id = project_id))`,
    fixed: 'drop policy of_a_project on public.tasks',
  },
  (state, context) =>
    state.relation.policies
      .filter(({ relations }) => relations.length > 0)
      .filter((policy) => appliesToApp(policy, context))
      .map((policy) => ({
        level: levelOf(policy, state, context),
        summary: `Policy ${policy.name} looks into ${policy.relations.map(qualifiedName).join(', ')}.`,
        fix: '-- Keep what it looks up in a column of this table, or in a setting of the scope.',
        evidence: policyText(policy),
      })),
)

function levelOf(policy: PolicyState, state: TenantTableState, context: CheckContext): Level {
  // Such a policy only narrows the rows of the own tenant.
  if (hasIntactFloor(state, context) || demandsOwnRow(policy, state)) return 'low'
  const isWritable = policy.relations
    .flatMap((table) => findRelation(table, context.snapshot) ?? [])
    .some(
      (relation) =>
        !relation.rlsEnabled && rolesWith(['INSERT', 'UPDATE'], relation, context).length > 0,
    )
  return isWritable ? 'high' : 'medium'
}

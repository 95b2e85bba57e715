import { hasSameShape } from '../policy/policy-match.ts'
import { replacePolicy } from '../policy/replace-policy.ts'
import type { TenantPolicy } from '../policy/tenant-policies.ts'
import type { TenantTable } from '../policy/tenant-table.ts'
import { type Check, tableCheck } from './check.ts'
import { EXAMPLE, examplePolicies } from './facts/example.ts'
import { policyPairs } from './facts/policies.ts'
import { statements } from './facts/statements.ts'

export const policyShapeDrift: Check = tableCheck(
  {
    id: 'policy-shape-drift',
    level: 'high',
    title: 'A policy is for another command or of another kind',
    why:
      'A floor that became permissive adds rows instead of bounding them; one for another command ' +
      'leaves the others open.',
    link: 'https://www.postgresql.org/docs/current/sql-createpolicy.html',
    broken: `drop policy tenant_isolation on public.projects;
create policy tenant_isolation on public.projects as restrictive for select to app_user
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))`,
    fixed: statements(
      examplePolicies('tenant_isolation').map((policy) => replace(EXAMPLE, policy, [])),
    ),
  },
  (state) =>
    policyPairs(state)
      .filter((pair) => !hasSameShape(pair))
      .map(({ wanted, actual }) => ({
        summary: `Policy ${wanted.name} is ${shape(actual)}, not ${shape(wanted)}.`,
        fix: replace(state.table, wanted, state.relation.policies),
      })),
)

function shape({ permissive, command }: Pick<TenantPolicy, 'permissive' | 'command'>): string {
  return `${permissive ? 'permissive' : 'restrictive'} for ${command}`
}

function replace(
  table: TenantTable,
  policy: TenantPolicy,
  policies: readonly { readonly name: string }[],
): string {
  const { create, mark, drop, rename } = replacePolicy(table, policy, policies)
  return statements([create, mark, drop, rename])
}

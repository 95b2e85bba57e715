import { tenantPolicies } from '../policy/tenant-policies.ts'
import { unusedName } from '../sql/unused-name.ts'
import { type Check, tableCheck } from './check.ts'
import { boundaryPolicies } from './facts/policies.ts'
import { createOwnPolicy } from './facts/protection.ts'
import { statements } from './facts/statements.ts'

export const policyRestrictiveOnly: Check = tableCheck(
  {
    id: 'policy-restrictive-only',
    level: 'medium',
    title: 'A table has a floor and no policy that opens it',
    why:
      'Restrictive policies alone let no row through. With `access: boundary` the permissive ones are ' +
      'yours to write.',
    link: 'https://www.postgresql.org/docs/current/sql-createpolicy.html',
    broken: 'drop policy comment_access on public.comments',
    fixed: `create policy comment_access on public.comments to app_user
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))`,
    needs: 'appRoles',
  },
  (state, context) => {
    const { table, relation } = state
    const isBoundary = table.access === 'boundary' && relation.rlsEnabled
    // A table without any policy is another finding: `rls-no-policy`.
    if (!isBoundary || state.isChild || relation.policies.length === 0) return
    if (boundaryPolicies(state, context).length > 0) return
    const names = relation.policies.map(({ name }) => name)
    const access = tenantPolicies({ ...table, access: 'full' }).slice(0, 1)
    return {
      summary: 'No permissive policy is for the application: it sees no row.',
      fix: statements(
        access.flatMap((policy) =>
          createOwnPolicy(table, { ...policy, name: unusedName('own_rows', '', names) }),
        ),
      ),
    }
  },
)

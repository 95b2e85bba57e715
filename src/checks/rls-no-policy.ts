import { tenantPolicies } from '../policy/tenant-policies.ts'
import { type Check, tableCheck } from './check.ts'
import { EXAMPLE } from './facts/example.ts'
import { createPolicies, protect } from './facts/protection.ts'

export const rlsNoPolicy: Check = tableCheck(
  {
    id: 'rls-no-policy',
    level: 'medium',
    title: 'Row security is on and there is no policy',
    why:
      'Without a policy no role sees a row. That is an outage, and outages are often ended by ' +
      'switching row security off.',
    link: 'https://www.postgresql.org/docs/current/ddl-rowsecurity.html',
    broken: `drop policy tenant_access on public.projects;
drop policy tenant_isolation on public.projects;
drop policy tenant_admin on public.projects`,
    fixed: createPolicies(EXAMPLE, tenantPolicies(EXAMPLE)),
  },
  (state) => {
    const { rlsEnabled, policies } = state.relation
    if (!rlsEnabled || policies.length > 0 || state.isChild) return
    return { summary: 'It has no policy, so no role sees a row.', fix: protect(state) }
  },
)

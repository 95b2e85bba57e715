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
      'Without a policy nobody sees a row. It is an outage, after which somebody switches row ' +
      'security off.',
    link: 'https://www.postgresql.org/docs/current/ddl-rowsecurity.html',
    broken: `drop policy tenant_access on public.projects;
drop policy tenant_isolation on public.projects;
drop policy tenant_admin on public.projects`,
    fixed: createPolicies(EXAMPLE, tenantPolicies(EXAMPLE)),
  },
  (state) => {
    const { rlsEnabled, policies } = state.relation
    if (!rlsEnabled || policies.length > 0 || state.isChild) return
    return { summary: 'It has no policy: nobody sees a row.', fix: protect(state) }
  },
)

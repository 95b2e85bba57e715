import { hasSameShape } from '../policy/policy-match.ts'
import { type Check, tableCheck } from './check.ts'
import { alterExample } from './facts/example.ts'
import { policyPairs, readsAnotherSetting } from './facts/policies.ts'
import { restorePolicy } from './facts/protection.ts'

export const policySettingDrift: Check = tableCheck(
  {
    id: 'policy-setting-drift',
    level: 'high',
    title: 'A policy reads another setting',
    why:
      'The application sets its tenant in one setting and the policy reads another: mostly it finds ' +
      'no rows, and sometimes any role may set the other one.',
    link: 'https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADMIN-SET',
    broken: `alter policy tenant_isolation on public.projects
  using (tenant_id = (select nullif(current_setting('app.org_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.org_id', true), '')::uuid))`,
    fixed: alterExample('tenant_isolation'),
  },
  (state) =>
    policyPairs(state).flatMap((pair) => {
      const setting = hasSameShape(pair) ? readsAnotherSetting(pair, state) : undefined
      if (setting === undefined) return []
      return {
        summary: `Policy ${pair.wanted.name} reads ${setting}, not ${state.table.setting}.`,
        fix: restorePolicy(state.table, pair),
      }
    }),
)

import type { PolicyState } from '../catalog/policy-state.ts'
import { writtenRowCondition } from '../policy/compare-clauses.ts'
import { type Check, tableCheck } from './check.ts'
import { boundaryPolicies } from './facts/policies.ts'
import { revokePrivileges, rolesWith } from './facts/privileges.ts'
import { decision } from './facts/statements.ts'

const COMMANDS = ['select', 'insert', 'update', 'delete'] as const

export const policyMissingCommand: Check = tableCheck(
  {
    id: 'policy-missing-command',
    level: 'medium',
    title: 'The application has a privilege that no policy opens',
    why:
      'Without a permissive policy for the command, INSERT fails, and UPDATE and DELETE silently ' +
      'change no rows.',
    link: 'https://www.postgresql.org/docs/current/sql-createpolicy.html',
    broken: `drop policy comment_access on public.comments;
create policy comment_access on public.comments for select to app_user
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))`,
    fixed: 'revoke insert, update, delete on public.comments from app_user',
    needs: 'appRoles',
  },
  (state, context) => {
    const policies = boundaryPolicies(state, context)
    // Other findings: `policy-restrictive-only`, and `policy-access-missing` where the tool opens.
    if (policies.length === 0) return
    const missing = COMMANDS.filter(
      (command) => !policies.some((policy) => opens(policy, command)),
    ).map((command) => command.toUpperCase())
    const granted = missing.filter((p) => rolesWith([p], state.relation, context).length > 0)
    if (granted.length === 0) return
    return {
      summary: `No permissive policy is for ${granted.join(', ')}.`,
      fix: decision(
        `If the application may do so: create a permissive policy for ${granted.join(', ')} that demands the own row.`,
        'If not:',
        `  ${revokePrivileges(granted, state.relation, context)}`,
      ),
    }
  },
)

// A policy without the clause that its command needs denies.
function opens(policy: PolicyState, wanted: (typeof COMMANDS)[number]): boolean {
  if (policy.command !== 'all' && policy.command !== wanted) return false
  return (wanted === 'insert' ? writtenRowCondition(policy) : policy.using) !== null
}

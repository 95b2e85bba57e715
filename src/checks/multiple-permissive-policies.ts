import { type Check, tableCheck } from './check.ts'
import { boundaryPolicies } from './facts/policies.ts'

const COMMANDS = ['select', 'insert', 'update', 'delete'] as const

export const multiplePermissivePolicies: Check = tableCheck(
  {
    id: 'multiple-permissive-policies',
    level: 'low',
    title: 'Several permissive policies are for the same command',
    why:
      'A row passes when one of them accepts it, so each statement evaluates them all, and a reader ' +
      'has to combine them to know what is allowed.',
    link: 'https://www.postgresql.org/docs/current/sql-createpolicy.html',
    broken: `create policy comment_reading on public.comments for select to app_user
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))`,
    fixed: 'drop policy comment_reading on public.comments',
  },
  (state, context) => {
    const policies = boundaryPolicies(state, context)
    const crowded = COMMANDS.filter(
      (command) => policies.filter((p) => p.command === 'all' || p.command === command).length > 1,
    )
    if (crowded.length === 0) return
    const names = policies.map(({ name }) => name).join(', ')
    return {
      summary: `Policies ${names} are for ${crowded.join(', ')}.`,
      fix: `-- Join them into one policy for each command: conditions joined by OR are the same.`,
    }
  },
)

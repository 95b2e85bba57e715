import { type Check, tableCheck } from './check.ts'
import { protect } from './facts/protection.ts'

export const rlsDisabled: Check = tableCheck(
  {
    id: 'rls-disabled',
    level: 'critical',
    title: 'Row security is off',
    why:
      'Every role with a privilege on the table reads and writes all tenants. Policies may exist ' +
      'and have no effect.',
    link: 'https://www.postgresql.org/docs/current/ddl-rowsecurity.html',
    broken: 'alter table public.projects disable row level security',
    fixed: 'alter table public.projects enable row level security',
  },
  (state) => {
    const { rlsEnabled, policies } = state.relation
    if (rlsEnabled || state.isChild) return
    const inert = policies.length === 0 ? 'It has no policies.' : 'Its policies have no effect.'
    return { summary: `Row security is off: no row is filtered. ${inert}`, fix: protect(state) }
  },
)

import type { Level } from '../config/level.ts'
import { qualifiedName } from '../sql/quote.ts'
import { type Check, tableCheck } from './check.ts'
import { ROW_PRIVILEGES, rolesWith } from './facts/privileges.ts'
import { protect } from './facts/protection.ts'

export const partitionWithoutRls: Check = tableCheck(
  {
    id: 'partition-without-rls',
    level: 'low',
    title: 'A partition can be read past the policies of its parent',
    why:
      'Each table has row security of its own: a statement that names a partition or an inheritance ' +
      'child meets the policies of that child alone. New partitions have none.',
    link: 'https://www.postgresql.org/docs/current/ddl-inherit.html',
    broken: 'alter table public.visits_2026 disable row level security',
    fixed: 'alter table public.visits_2026 enable row level security',
  },
  (state, context) => {
    const { rlsEnabled, rlsForced, policies, parents } = state.relation
    const isProtected = rlsEnabled && rlsForced && policies.length > 0
    if (!state.isChild || isProtected) return
    const [role] = rolesWith(ROW_PRIVILEGES, state.relation, context)
    const level: Level =
      role !== undefined ? 'critical' : context.wanted.appRoles.length === 0 ? 'high' : 'low'
    const reader = role === undefined ? '' : `, and ${role} has privileges on it`
    return {
      level,
      summary: `Row security of ${parents.map(qualifiedName).join(', ')} does not reach it${reader}.`,
      fix: protect(state),
    }
  },
)

import { inherits } from '../catalog/inherits.ts'
import { findRole } from '../catalog/privileges.ts'
import { qualifiedName } from '../sql/quote.ts'
import { type Check, type Result, tableCheck } from './check.ts'
import { isObserved } from './facts/policies.ts'
import { canSetRole } from './facts/roles.ts'

export const rlsNotForced: Check = tableCheck(
  {
    id: 'rls-not-forced',
    level: 'medium',
    title: 'The table owner bypasses row security',
    why:
      'PostgreSQL exempts the owner of a table from its policies unless row security is forced: ' +
      'jobs, views and SECURITY DEFINER functions of the owner see every tenant.',
    link: 'https://www.postgresql.org/docs/current/ddl-rowsecurity.html',
    broken: 'alter table public.projects no force row level security',
    fixed: 'alter table public.projects force row level security',
  },
  (state, { snapshot, wanted }) => {
    const { relation, isChild } = state
    // Other findings: `rls-disabled`, and `policy-observe-mode` until there is something to force.
    if (!relation.rlsEnabled || relation.rlsForced || isChild || isObserved(state)) return
    const { owner } = relation
    const isAppOwner = wanted.appRoles.some(
      (r) => inherits(snapshot, r, owner) || canSetRole(snapshot, r, owner),
    )
    const isReachable = findRole(snapshot, owner)?.canLogIn || isAppOwner
    if (state.table.isUnforced && !isAppOwner) return accepted(owner)
    return {
      level: isReachable ? 'high' : 'medium',
      summary: `Its owner ${owner} sees every tenant.`,
      fix: `alter table ${qualifiedName(relation)} force row level security`,
    }
  },
)

/** The config accepts it. It is said all the same: what runs as the owner sees every tenant. */
function accepted(owner: string): Result {
  return {
    level: 'low',
    summary: `Its owner ${owner} sees every tenant, as \`force: false\` of the config allows.`,
    fix: '-- Take `force: false` out of the config when no code of the owner needs it, then run migrate:rls.',
  }
}

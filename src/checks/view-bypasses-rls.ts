import { findRelation } from '../catalog/find-relation.ts'
import type { ReachRelation } from '../catalog/reach/reach-facts.ts'
import { isOwnRow } from '../policy/current-tenant.ts'
import { qualifiedName } from '../sql/quote.ts'
import type { Check } from './check.ts'
import { checkedTablesByName } from './facts/checked-tables.ts'
import type { CheckContext } from './facts/context.ts'
import { readAsCaller } from './facts/invoker.ts'
import { roadCheck } from './facts/road-check.ts'
import type { CutRoads } from './facts/roads.ts'
import { decision } from './facts/statements.ts'

export const viewBypassesRls: Check = roadCheck(
  {
    id: 'view-bypasses-rls',
    level: 'critical',
    title: 'A view shows every tenant',
    why: 'A view reads with the rights of its owner, and row security does not hold the owner of this one.',
    link: 'https://www.postgresql.org/docs/current/sql-createview.html#SQL-CREATEVIEW-SECURITY',
    broken: `create view public.project_names as select name from public.projects;
grant select on public.project_names to app_user`,
    fixed: 'drop view public.project_names',
  },
  // Other findings: `materialized-view-exposed`, `unlisted-table-reached`, `foreign-table-reached`.
  ({ crossing, kind }) => crossing.kind === 'view' && kind === 'rows',
  (cut, context) => {
    const { crossing } = cut.road
    if (crossing.kind !== 'view') return
    const view = crossing.relation
    return { object: qualifiedName(view), fix: fixOf(view, cut, context) }
  },
)

function fixOf(view: ReachRelation, { roads }: CutRoads, context: CheckContext): string {
  const { snapshot } = context
  const state = findRelation(view, snapshot)
  if (snapshot.serverVersion >= 150000 && state) {
    return readAsCaller({ view: state, decidedBy: state }, context)
  }
  const own = checkedTablesByName(context)
  const tables = new Set(roads.map(({ relation }) => qualifiedName(relation)))
  const demands = [...tables].flatMap((name) => own.get(name) ?? [])
  return decision(
    `Before PostgreSQL 15 no view reads as its caller. Create ${qualifiedName(view)} again`,
    `with (security_barrier), and with the tenant in its condition: ${demands.map(({ table }) => isOwnRow(table).sql).join(', ')}`,
  )
}

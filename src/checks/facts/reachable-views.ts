import type { RelationState } from '../../catalog/relation-state.ts'
import type { CheckContext } from './context.ts'
import { rolesWith } from './privileges.ts'
import { sightOf } from './sight.ts'
import { reachOf } from './views.ts'

export interface ViewRun {
  readonly view: RelationState
  /** The role by whose rights the view reads, and which is not the caller. */
  readonly runsAs: string
  /** Its owner is `runsAs`: the view itself, or one inside. */
  readonly decidedBy: RelationState
  readonly tables: readonly RelationState[]
  /** Row security does not hold `runsAs` on one of `tables`. */
  readonly bypasses: boolean
}

/** The views that an app role may use and that read tenant tables with the rights of another role. */
export function viewsOfOthers(context: CheckContext): ViewRun[] {
  return context.snapshot.relations.flatMap((view) => {
    const [caller] = rolesWith(['SELECT', 'INSERT', 'UPDATE', 'DELETE'], view, context)
    if (view.kind !== 'view' || caller === undefined) return []

    const visits = reachOf(view, caller, context)
    const deciders = new Set(visits.flatMap(({ decidedBy }) => decidedBy ?? []))
    return [...deciders].map((decidedBy) => {
      const tables = visits.flatMap((v) => (v.decidedBy === decidedBy ? [v.relation] : []))
      const runsAs = decidedBy.owner
      const bypasses = tables.some((table) => sightOf(runsAs, table, context).verdict === 'all')
      return { view, runsAs, decidedBy, tables, bypasses }
    })
  })
}

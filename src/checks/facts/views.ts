import { findRelation } from '../../catalog/find-relation.ts'
import type { RelationState } from '../../catalog/relation-state.ts'
import { qualifiedName } from '../../sql/quote.ts'
import { checkedTablesByName } from './checked-tables.ts'
import type { CheckContext } from './context.ts'

/** A relation that a view reads, directly or through other views. */
interface Visit {
  readonly relation: RelationState
  /** The role whose rights and policies count. */
  readonly runsAs: string
  /** The view that made it so; undefined when it runs as the caller. */
  readonly decidedBy: RelationState | undefined
}

/**
 * The tenant tables that a view reads. A view reads as its owner, an invoker view as its caller:
 * even inside the view of another role.
 * https://www.postgresql.org/docs/current/sql-createview.html#SQL-CREATEVIEW-SECURITY
 */
export function reachOf(view: RelationState, caller: string, context: CheckContext): Visit[] {
  const tenant = checkedTablesByName(context)
  const visits = new Map<string, Visit>()
  const queue = [visitOf(view, caller)]

  for (const from of queue) {
    for (const name of from.relation.reads) {
      const next = findRelation(name, context.snapshot)
      // The rows that a materialized view stored are another finding: `materialized-view-exposed`.
      if (!next || (next.kind === 'materialized view' && view.kind === 'view')) continue
      const visit = next.kind === 'view' ? visitOf(next, caller) : { ...from, relation: next }
      const key = [qualifiedName(next), visit.runsAs].join('\n')
      if (!visits.has(key)) queue.push(visit)
      visits.set(key, visit)
    }
  }
  return [...visits.values()].filter(({ relation }) => tenant.has(qualifiedName(relation)))
}

function visitOf(view: RelationState, caller: string): Visit {
  return view.securityInvoker
    ? { relation: view, runsAs: caller, decidedBy: undefined }
    : { relation: view, runsAs: view.owner, decidedBy: view }
}

import { findRelation } from '../catalog/find-relation.ts'
import { heldPrivileges, rolesGranted } from '../catalog/privileges.ts'
import type { RelationState } from '../catalog/relation-state.ts'
import { identifier, qualifiedName } from '../sql/quote.ts'
import { entryOf, type PartChange, type PartContext } from './part-change.ts'
import type { Step } from './step.ts'

/** The first server that has `security_invoker`. */
const SECURITY_INVOKER = 150000

const USES = ['SELECT', 'INSERT', 'UPDATE', 'DELETE']

/**
 * Views over tenant tables that the application uses read as their caller, those inside them too: a view
 * reads as its owner, whom the policies may not bind.
 * https://www.postgresql.org/docs/current/sql-createview.html#SQL-CREATEVIEW-SECURITY
 */
export function planViews(context: PartContext): PartChange[] {
  const reached = new Set<RelationState>()
  const visit = (view: RelationState): boolean => {
    // Every view inside is visited, whatever the first of them leads to.
    const leads = view.reads.map((name) => {
      const inner = findRelation(name, context.snapshot)
      return inner?.kind === 'view' ? visit(inner) : entryOf(name, context) !== undefined
    })
    const isOver = leads.includes(true)
    if (isOver && !view.securityInvoker) reached.add(view)
    return isOver
  }
  for (const view of context.snapshot.relations) {
    if (view.kind === 'view' && isUsed(view, context)) visit(view)
  }
  return [...reached].map((view) => changeOf(view, context))
}

function isUsed(view: RelationState, { appRoles, snapshot }: PartContext): boolean {
  // Without app roles anybody could be the application.
  if (appRoles.length === 0) return true
  return rolesGranted(appRoles, USES, { relation: view, snapshot }).length > 0
}

function changeOf(view: RelationState, context: PartContext): PartChange {
  const { schema, name, owner } = view
  const change: Omit<PartChange, 'steps'> = {
    part: 'views',
    table: { schema, name },
    problem: `the view reads as its owner ${identifier(owner)}`,
  }
  if (view.inExtension) return { ...change, obstacle: 'it belongs to an extension', steps: {} }
  if (context.snapshot.serverVersion < SECURITY_INVOKER) {
    return {
      ...change,
      obstacle:
        'a view can read as its caller from PostgreSQL 15 on: let a role own it that the policies bind',
      steps: {},
    }
  }
  const alter = `alter view ${qualifiedName(view)}`
  const step: Step = {
    table: { schema, name },
    why: 'Reads as its caller: with the privileges and the policies of the role that asks.',
    outcome: 'security_invoker',
    up: `${alter} set (security_invoker = true)`,
    down: [`${alter} reset (security_invoker)`],
    lock: 'access exclusive',
    hazard: hazardOf(view, context),
    downHazard: `Reads as ${identifier(owner)} again, whatever the policies say of the caller.`,
  }
  return { ...change, steps: { privileges: [step] } }
}

function hazardOf(view: RelationState, { appRoles, snapshot }: PartContext): string {
  const lacking = appRoles.flatMap((role) => {
    const held = heldPrivileges(role, snapshot)
    return view.reads.flatMap((name) => {
      const relation = findRelation(name, snapshot)
      // The snapshot does not tell about tables outside of it.
      if (!relation || held.onRelation('SELECT', relation)) return []
      return [`${identifier(role)} must first get SELECT on ${qualifiedName(relation)}`]
    })
  })
  const others = view.grants.flatMap(({ grantee }) =>
    grantee === null || grantee === view.owner || appRoles.includes(grantee) ? [] : [grantee],
  )
  const users = [...new Set(others)].map(identifier).join(', ')
  return [
    ...(lacking.length > 0 ? [`Fails for the application: ${lacking.join('; ')}.`] : []),
    ...(users === ''
      ? []
      : [`Also read by ${users}: they need privileges and policies of their own.`]),
    'A role that uses it needs privileges on the relations that it reads.',
  ].join(' ')
}

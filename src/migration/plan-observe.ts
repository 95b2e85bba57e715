import type { FunctionState } from '../catalog/function-state.ts'
import type { RelationState } from '../catalog/relation-state.ts'
import type { Snapshot } from '../catalog/snapshot.ts'
import {
  createObserver,
  dropObserver,
  grantObserver,
  isObserver,
  isObserving,
  keepObserverTo,
} from '../policy/observe.ts'
import { qualifiedName } from '../sql/quote.ts'
import type { Wanted } from '../wanted/wanted.ts'
import type { PlannedTable } from './part-change.ts'
import type { Step } from './step.ts'

/** On request, the tables that enforce no policy yet are only observed. */
export function observedEntries(
  entries: readonly PlannedTable[],
  { observes }: Wanted,
  snapshot: Snapshot,
): readonly PlannedTable[] {
  const [first] = entries
  if (!observes || !first) return entries
  const observedBy = observedIn(snapshot).observer?.schema ?? first.table.schema
  return entries.map((entry) =>
    isEnforced(entry.relation) ? entry : { ...entry, table: { ...entry.table, observedBy } },
  )
}

export function isToBeObserved({ table }: PlannedTable): boolean {
  return table.observedBy !== undefined
}

export function isEnforced({ rlsEnabled, policies }: RelationState): boolean {
  return rlsEnabled && !policies.some(isObserving)
}

interface Observed {
  readonly observer: FunctionState | undefined
  /** The tables with policies that call it. */
  readonly relations: readonly RelationState[]
}

const known = new WeakMap<Snapshot, Observed>()

// Looked for once in each snapshot: `status` makes a plan for each table.
function observedIn(snapshot: Snapshot): Observed {
  const observed = known.get(snapshot) ?? {
    observer: snapshot.functions.find(isObserver),
    relations: snapshot.relations.filter(({ policies }) => policies.some(isObserving)),
  }
  known.set(snapshot, observed)
  return observed
}

/** The function that the policies call: there before the first of them, gone after the last. */
export function planObserver(
  entries: readonly PlannedTable[],
  snapshot: Snapshot,
): { begins: Step[]; ends: Step[] } {
  return { begins: begin(entries, snapshot), ends: end(entries, snapshot) }
}

function begin(entries: readonly PlannedTable[], snapshot: Snapshot): Step[] {
  const [table] = entries.flatMap(({ table }) => (table.observedBy === undefined ? [] : table))
  if (table?.observedBy === undefined) return []
  const { schema, name, observedBy, appRoles } = table
  const step = { table: { schema, name }, lock: 'none', down: [] } as const
  const { observer } = observedIn(snapshot)
  if (observer) {
    const missing = observer.grantees.includes(null)
      ? []
      : appRoles.filter((role) => !observer.grantees.includes(role))
    const why = 'A role of the application that could not call the function of its policies.'
    return grantObserver(observedBy, missing).map((up) => ({ ...step, why, up }))
  }
  return [
    {
      ...step,
      why: 'Writes a line into the log of the server when a statement comes without a tenant.',
      outcome: 'the function that logs',
      up: createObserver(observedBy),
      down: [dropObserver(observedBy)],
    },
    ...keepObserverTo(observedBy, appRoles).map((up) => ({
      ...step,
      why: 'Only the application calls it.',
      up,
    })),
  ]
}

function end(entries: readonly PlannedTable[], snapshot: Snapshot): Step[] {
  const { observer, relations } = observedIn(snapshot)
  if (!observer) return []
  const enforced = new Map(
    entries.filter((e) => !isToBeObserved(e)).map(({ table }) => [qualifiedName(table), table]),
  )
  const [table] = relations.flatMap((relation) => enforced.get(qualifiedName(relation)) ?? [])
  if (!table || !relations.every((r) => enforced.has(qualifiedName(r)))) return []
  const { schema } = observer
  return [
    {
      table: { schema: table.schema, name: table.name },
      why: 'No policy calls it any more.',
      outcome: 'the function that logs dropped',
      up: dropObserver(schema),
      down: [createObserver(schema), ...keepObserverTo(schema, table.appRoles)],
      lock: 'none',
    },
  ]
}

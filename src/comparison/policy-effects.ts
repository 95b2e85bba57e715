import type { RelationState } from '../catalog/relation-state.ts'
import type { Snapshot } from '../catalog/snapshot.ts'
import type { Cell, Effect, TruthTable } from '../catalog/truth-table.ts'
import { tenantPolicies } from '../policy/tenant-policies.ts'
import type { TenantTable } from '../policy/tenant-table.ts'
import { hasDrifted } from '../truth-table/drifted-table.ts'
import { isMadeFor } from '../truth-table/is-made-for.ts'
import { isSame, type Judgement, worstOf } from './change.ts'

/** One table of both snapshots, with the truth tables of both. */
export interface ComparedTable {
  readonly before: RelationState
  readonly after: RelationState
  /** undefined when the config does not list it. */
  readonly table: TenantTable | undefined
  readonly tried: {
    readonly before: Snapshot['truthTables']
    readonly after: Snapshot['truthTables']
  }
}

/** The judgement of all changed policies together, for the roles of the config; undefined without truth tables. */
export function tableEffect({ table, tried, before, after }: ComparedTable): Judgement | undefined {
  // The truth table of a boundary is of the floor alone.
  if (!table || table.access === 'boundary' || !before.rlsEnabled || !after.rlsEnabled) return
  const old = effectsOf(table, before, tried.before)
  const now = effectsOf(table, after, tried.after)
  if (!old || !now) return
  const keys = new Set([...old.keys(), ...now.keys()])
  return worstOf([...keys].map((key) => compared(old.get(key), now.get(key))))
}

function effectsOf(
  table: TenantTable,
  relation: RelationState,
  tried: readonly TruthTable[] | undefined,
): Map<string, Effect> | undefined {
  if (!hasDrifted({ table, relation })) {
    // The floor bounds every permissive policy. A restrictive policy of the user is in no truth table.
    return hasOwnFloor(table, relation) ? undefined : new Map()
  }
  const found = tried?.find((truthTable) => isMadeFor(truthTable, table))
  return (
    found &&
    new Map(
      found.effects
        .filter(({ policy }) => policy === null)
        .map((effect) => [JSON.stringify([effect.role, effect.clause]), effect]),
    )
  )
}

function hasOwnFloor(table: TenantTable, { policies }: RelationState): boolean {
  const wanted = tenantPolicies(table).map(({ name }) => name)
  return policies.some(({ name, permissive }) => !permissive && !wanted.includes(name))
}

function compared(before: Effect | undefined, after: Effect | undefined): Judgement {
  const isMore = hasMore(before?.more, after?.more) || hasMore(after?.less, before?.less)
  if (isMore) return 'WIDENS'
  const doubts = (effect: Effect | undefined) => [effect?.moreDoubt, effect?.lessDoubt]
  const isDoubtful = [before, after].some((e) =>
    doubts(e).some((doubt) => typeof doubt === 'string'),
  )
  if (isDoubtful) return 'UNKNOWN'
  return hasMore(after?.more, before?.more) || hasMore(before?.less, after?.less)
    ? 'NARROWS'
    : 'SAFE'
}

/** `after` has a cell that `before` does not have. */
function hasMore(before: readonly Cell[] = [], after: readonly Cell[] = []): boolean {
  return after.some((cell) => !before.some((known) => isSame(known, cell)))
}

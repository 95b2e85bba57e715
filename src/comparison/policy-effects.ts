import type { RelationState } from '../catalog/relation-state.ts'
import type { Snapshot } from '../catalog/snapshot.ts'
import type { Cell, Effect, TruthTable } from '../catalog/truth-table.ts'
import { tenantPolicies } from '../policy/tenant-policies.ts'
import type { TenantTable } from '../policy/tenant-table.ts'
import { hasDrifted } from '../truth-table/drifted-table.ts'
import { isMadeFor } from '../truth-table/is-made-for.ts'
import { isSame, type Judgement, worstOf } from './change.ts'

/** One table of both snapshots, and what was tried out with its policies. */
export interface ComparedTable {
  readonly before: RelationState
  readonly after: RelationState
  /** undefined: the config does not list it. */
  readonly table: TenantTable | undefined
  readonly tried: {
    readonly before: Snapshot['truthTables']
    readonly after: Snapshot['truthTables']
  }
}

/** What the change of all its policies means to the roles of the config; undefined when it was not tried. */
export function tableEffect({ table, tried, before, after }: ComparedTable): Judgement | undefined {
  // Of a boundary only the floor was tried out.
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
    // The floor bounds every policy that opens; one that bounds more was not tried out.
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

/** `after` has a cell that `before` has not. */
function hasMore(before: readonly Cell[] = [], after: readonly Cell[] = []): boolean {
  return after.some((cell) => !before.some((known) => isSame(known, cell)))
}

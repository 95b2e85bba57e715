import type { PolicyState, RelationState, Snapshot } from '../catalog/snapshot.ts'
import type { Cell, Effect, TruthTable } from '../catalog/truth-table.ts'
import { hasDrifted } from '../drift/drifted-table.ts'
import { conjuncts } from '../policy/conjuncts.ts'
import { tenantPolicies } from '../policy/tenant-policies.ts'
import type { TenantTable } from '../policy/tenant-table.ts'
import { type Change, changedList, isSame, type Judgement } from './change.ts'

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

export function changedPolicies(compared: ComparedTable, object: string): Change[] {
  const { before, after } = compared
  const change = (judgement: Judgement, summary: string) => ({ judgement, object, summary })
  const effect = tableEffect(compared)
  // What was tried out for the roles of the config says nothing about others.
  const judged = (byWords: Judgement, ...policies: readonly PolicyState[]) =>
    effect && policies.every((policy) => isOfConfig(policy, compared.table)) ? effect : byWords

  return changedList(before.policies, after.policies, {
    key: ({ name }) => name,
    added: (policy) =>
      change(
        judged(policy.permissive ? 'WIDENS' : 'NARROWS', policy),
        `policy ${policy.name} is new: ${told(policy)}`,
      ),
    gone: (policy) =>
      change(
        judged(policy.permissive ? 'NARROWS' : 'WIDENS', policy),
        `policy ${policy.name} is gone: ${told(policy)}`,
      ),
    kept: (old, now) => {
      const { comment: _, ...rest } = old
      const { comment: __, ...other } = now
      if (isSame(rest, other)) return []
      return change(
        judged(judgedByWords(old, now), old, now),
        `policy ${now.name}: ${told(old)} → ${told(now)}`,
      )
    },
  })
}

function told({ permissive, command, roles, using, check }: PolicyState): string {
  return [
    `${permissive ? 'permissive' : 'restrictive'} for ${command}`,
    `to ${roles.length === 0 ? 'public' : roles.join(', ')}`,
    ...(using === null ? [] : [`using ${using}`]),
    ...(check === null ? [] : [`with check ${check}`]),
  ].join(' ')
}

function isOfConfig({ roles }: PolicyState, table: TenantTable | undefined): boolean {
  const known = [...(table?.appRoles ?? []), ...(table?.adminRoles ?? [])]
  return roles.length > 0 && roles.every((role) => known.includes(role))
}

function judgedByWords(before: PolicyState, after: PolicyState): Judgement {
  return together([
    ...(before.permissive === after.permissive
      ? []
      : ([after.permissive ? 'WIDENS' : 'NARROWS'] as const)),
    commands(before, after),
    roles(before, after),
    condition(before.using, after.using),
    condition(before.check ?? before.using, after.check ?? after.using),
  ])
}

// For more commands a permissive policy lets more through, and a restrictive one less.
function commands(before: PolicyState, { command, permissive }: PolicyState): Judgement {
  if (before.command === command) return 'SAFE'
  if (before.command !== 'all' && command !== 'all') return 'UNKNOWN'
  return (command === 'all') === permissive ? 'WIDENS' : 'NARROWS'
}

function roles(before: PolicyState, after: PolicyState): Judgement {
  if (isSame(before.roles, after.roles)) return 'SAFE'
  const holds = (some: readonly string[], others: readonly string[]) =>
    some.length === 0 || (others.length > 0 && others.every((role) => some.includes(role)))
  if (holds(after.roles, before.roles)) return after.permissive ? 'WIDENS' : 'NARROWS'
  if (holds(before.roles, after.roles)) return after.permissive ? 'NARROWS' : 'WIDENS'
  return 'UNKNOWN'
}

/** A condition that demands all that the other one does, and more, is narrower. */
function condition(before: string | null, after: string | null): Judgement {
  if (before === after) return 'SAFE'
  if (before === null || after === null) return 'UNKNOWN'
  if (before === 'true' || after === 'false') return 'NARROWS'
  if (after === 'true' || before === 'false') return 'WIDENS'
  const [old, now] = [conjuncts(before), conjuncts(after)]
  if (old.every((part) => now.includes(part))) return 'NARROWS'
  return now.every((part) => old.includes(part)) ? 'WIDENS' : 'UNKNOWN'
}

function together(judgements: readonly Judgement[]): Judgement {
  const has = (judgement: Judgement) => judgements.includes(judgement)
  if (has('WIDENS')) return 'WIDENS'
  if (has('UNKNOWN')) return 'UNKNOWN'
  return has('NARROWS') ? 'NARROWS' : 'SAFE'
}

/** What the change of all its policies means to the roles of the config; undefined when it was not tried. */
function tableEffect({ table, tried, before, after }: ComparedTable): Judgement | undefined {
  // Of a boundary only the floor was tried out.
  if (!table || table.access === 'boundary' || !before.rlsEnabled || !after.rlsEnabled) return
  const old = effectsOf(table, before, tried.before)
  const now = effectsOf(table, after, tried.after)
  if (!old || !now) return
  const keys = new Set([...old.keys(), ...now.keys()])
  return together([...keys].map((key) => compared(old.get(key), now.get(key))))
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
  const found = tried?.find(
    ({ schema, name, column, setting, shared, access }) =>
      isSame(
        [schema, name, column, setting],
        [table.schema, table.name, table.column, table.setting],
      ) && isSame([shared, access], [table.shared, table.access]),
  )
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

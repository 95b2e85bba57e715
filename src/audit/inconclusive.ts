import { isDistributed } from '../catalog/is-distributed.ts'
import type { Check } from '../checks/check.ts'
import type { CheckContext } from '../checks/facts/context.ts'

/** A check that could not look, or not at all, and why. */
export interface Inconclusive {
  readonly check: string
  readonly reason: string
}

export interface RunnableChecks {
  readonly runnable: readonly Check[]
  /** Checks that cannot run at all. */
  readonly blocked: readonly Check[]
  /** The ids of the blocked checks, and of those that cannot judge every object. */
  readonly partial: ReadonlySet<string>
  readonly inconclusive: readonly Inconclusive[]
}

/** Tells the checks that can run from those that cannot, with the reasons. */
export function runnableChecks(checks: readonly Check[], context: CheckContext): RunnableChecks {
  const obstacles = checks.flatMap((check) => obstacle(check, context))
  const stopped = new Set(obstacles.map(({ check }) => check))
  const runnable = checks.filter(({ id }) => !stopped.has(id))
  const doubts = runnable.flatMap((check) => doubtsOf(check, context))
  return {
    runnable,
    blocked: checks.filter(({ id }) => stopped.has(id)),
    partial: new Set([...obstacles, ...doubts].map(({ check }) => check)),
    inconclusive: [...obstacles, ...doubts, ...reservations(context, checks)],
  }
}

// The major versions whose releases the checks know.
const KNOWN_SERVERS = [14, 18] as const

/** The reason why a check cannot run. */
function obstacle({ id, needs }: Check, { wanted, snapshot }: CheckContext): Inconclusive[] {
  const major = Math.trunc(snapshot.serverVersion / 10_000)
  if ((needs === 'appRoles' || needs === 'roads') && wanted.appRoles.length === 0) {
    return [{ check: id, reason: 'the config names no `roles.app` to judge' }]
  }
  if (needs === 'roads' && !snapshot.reach) {
    return [{ check: id, reason: 'the snapshot does not hold what leads to rows' }]
  }
  if (needs === 'knownServer' && (major < KNOWN_SERVERS[0] || major > KNOWN_SERVERS[1])) {
    return [{ check: id, reason: `this release does not know PostgreSQL ${major}` }]
  }
  return []
}

/** Single objects that a check could not judge, while it judged the others. */
function doubtsOf({ id, doubts }: Check, context: CheckContext): Inconclusive[] {
  return (doubts?.(context) ?? []).map(({ object, reason }) => ({
    check: id,
    reason: `${object}: ${reason}`,
  }))
}

/** Objects that are hidden from the checks that ran. */
function reservations({ snapshot }: CheckContext, checks: readonly Check[]): Inconclusive[] {
  const isMade = checks.some(({ id }) => id === 'rls-disabled')
  if (!isMade || !isDistributed(snapshot)) return []
  const reason = 'Citus is installed, and the shards on its workers were not read'
  return [{ check: 'rls-disabled', reason }]
}

import type { Check } from '../checks/check.ts'
import type { CheckContext } from '../checks/facts/context.ts'

export interface Inconclusive {
  readonly check: string
  readonly reason: string
}

export interface Sight {
  readonly seeing: readonly Check[]
  /** Those that cannot look at all. */
  readonly blind: readonly Check[]
  /** The ids of the blind, and of those that cannot look at everything. */
  readonly inDoubt: ReadonlySet<string>
  readonly inconclusive: readonly Inconclusive[]
}

/** Which of these checks can look, and what keeps the others from it. */
export function sightOf(checks: readonly Check[], context: CheckContext): Sight {
  const obstacles = checks.flatMap((check) => obstacle(check, context))
  const kept = new Set(obstacles.map(({ check }) => check))
  const seeing = checks.filter(({ id }) => !kept.has(id))
  const doubts = seeing.flatMap((check) => doubtsOf(check, context))
  return {
    seeing,
    blind: checks.filter(({ id }) => kept.has(id)),
    inDoubt: new Set([...obstacles, ...doubts].map(({ check }) => check)),
    inconclusive: [...obstacles, ...doubts, ...reservations(context, checks)],
  }
}

// The major versions whose releases the checks know.
const KNOWN_SERVERS = [14, 18] as const

/** What keeps a check from looking. */
function obstacle({ id, needs }: Check, { wanted, snapshot }: CheckContext): Inconclusive[] {
  const major = Math.trunc(snapshot.serverVersion / 10_000)
  if (needs === 'appRoles' && wanted.appRoles.length === 0) {
    return [{ check: id, reason: 'the config names no `roles.app` to judge' }]
  }
  if (needs === 'knownServer' && (major < KNOWN_SERVERS[0] || major > KNOWN_SERVERS[1])) {
    return [{ check: id, reason: `nothing is known here of PostgreSQL ${major}` }]
  }
  return []
}

/** What a check could not judge of single objects, while it judged the others. */
function doubtsOf({ id, doubts }: Check, context: CheckContext): Inconclusive[] {
  return (doubts?.(context) ?? []).map(({ object, reason }) => ({
    check: id,
    reason: `${object}: ${reason}`,
  }))
}

/** What checks that looked could not see. */
function reservations({ snapshot }: CheckContext, checks: readonly Check[]): Inconclusive[] {
  const isMade = checks.some(({ id }) => id === 'rls-disabled')
  if (!isMade || !isDistributed(snapshot)) return []
  const reason = 'Citus is installed, and the shards on its workers were not read'
  return [{ check: 'rls-disabled', reason }]
}

/** The tables of a snapshot are not all there is. */
export function isDistributed({ extensions }: CheckContext['snapshot']): boolean {
  return extensions.includes('citus')
}

import { inReadOnlyTransaction, type Queryable } from './catalog/read-only.ts'
import { readSnapshot } from './catalog/read-snapshot.ts'
import type { Snapshot } from './catalog/snapshot.ts'
import type { Check, CheckContext, Finding } from './checks/check.ts'
import { CHECKS } from './checks/registry.ts'
import type { Config, ConfigInput } from './config.ts'
import { readTruthTables } from './drift/read-truth-tables.ts'
import { configInvalid } from './errors.ts'
import { type Judgement, LEVELS } from './level.ts'
import { nearest } from './nearest.ts'
import { trustedConfig } from './parse-config.ts'
import { applyWaivers, type Waived } from './waivers.ts'
import { snapshotRequest, wantedState } from './wanted.ts'

export type { Queryable } from './catalog/read-only.ts'
export type { Snapshot } from './catalog/snapshot.ts'
export type { Finding } from './checks/check.ts'
export type { Waived } from './waivers.ts'

export interface AuditReport {
  /** As in `server_version_num`: 180004 is 18.4. */
  readonly serverVersion: number
  readonly database: string
  /** How many tables were judged: the listed ones, their partitions and their children. */
  readonly tables: number
  /** How many checks were to be made. */
  readonly checks: number
  /** Those that the config switched off. */
  readonly off: readonly string[]
  /** Worst first, then by object and check. */
  readonly findings: readonly Finding[]
  /** What was found and is waived by the config. */
  readonly waived: readonly Waived[]
  /** Checks that could not look, and why. They are no "no findings". */
  readonly inconclusive: readonly Inconclusive[]
}

export interface Inconclusive {
  readonly check: string
  readonly reason: string
}

/**
 * Compares a database with the config. Reads the catalog once, in a read-only transaction, and judges
 * what it read; needs no privileges, and holds no lock that anybody waits for.
 *
 * @param db a connected client of pg, outside a transaction
 * @param config the object of `kysely-tenants.config.ts`
 * @throws `CONFIG.INVALID`, `CATALOG.MISMATCH` (a table or role is missing), `CATALOG.CHANGED`
 *
 * @example
 * ```ts
 * const report = await audit(client, config)
 * assert.deepEqual(report.findings.filter(({ level }) => level === 'critical'), [])
 * ```
 */
export async function audit(db: Queryable, config: ConfigInput | Config): Promise<AuditReport> {
  return auditSnapshot(await takeSnapshot(db, config), config)
}

/**
 * Reads what {@link auditSnapshot} judges: plain data, which can be kept as JSON.
 *
 * @throws `CONFIG.INVALID`, `CATALOG.MISMATCH`, `CATALOG.CHANGED`
 *
 * @example
 * ```ts
 * const snapshot = await takeSnapshot(client, config)
 * ```
 */
export async function takeSnapshot(db: Queryable, config: ConfigInput | Config): Promise<Snapshot> {
  const trusted = judgeable(config)
  const request = snapshotRequest(trusted)
  return inReadOnlyTransaction(db, async () => {
    const snapshot = await readSnapshot(db, request)
    const { tables } = wantedState(trusted, snapshot)
    return { ...snapshot, truthTables: await readTruthTables(db, tables, snapshot) }
  })
}

/**
 * The same as {@link audit}, without a database.
 *
 * @param snapshot made with a config of the same schemas and roles: it says nothing about others
 * @throws `CONFIG.INVALID`, `CATALOG.MISMATCH`
 *
 * @example
 * ```ts
 * const { findings } = auditSnapshot(await takeSnapshot(client, config), config)
 * ```
 */
export function auditSnapshot(snapshot: Snapshot, config: ConfigInput | Config): AuditReport {
  const trusted = judgeable(config)
  const context = { snapshot, wanted: wantedState(trusted, snapshot) }
  const { levels } = trusted.audit
  const checks = CHECKS.filter((check) => isWanted(check, levels) && isPossible(check, context))
  const obstacles = checks.flatMap((check) => obstacle(check, context))
  const blind = new Set(obstacles.map(({ check }) => check))
  const doubts = checks
    .filter(({ id }) => !blind.has(id))
    .flatMap((check) => doubtsOf(check, context))
  const found = checks
    .filter(({ id }) => !blind.has(id))
    .flatMap((check) => check.detect(context))
    .map((finding) => withLevel(finding, levels))
  const today = new Date().toISOString().slice(0, 10)
  const { findings, waived } = applyWaivers(trusted.audit.waivers, {
    findings: found,
    blind: new Set([...obstacles, ...doubts].map(({ check }) => check)),
    today,
  })

  return {
    serverVersion: snapshot.serverVersion,
    database: snapshot.database,
    tables: context.wanted.tables.length + context.wanted.withoutColumn.length,
    checks: checks.length,
    off: CHECKS.map(({ id }) => id).filter((id) => levels[id] === 'off'),
    findings: findings.sort(worstFirst),
    waived: waived.sort(worstFirst),
    inconclusive: [...obstacles, ...doubts],
  }
}

function isWanted({ id, isOptIn }: Check, levels: Readonly<Record<string, Judgement>>): boolean {
  return isOptIn ? (levels[id] ?? 'off') !== 'off' : levels[id] !== 'off'
}

// A server without views that could run as their caller has none that should.
function isPossible({ since }: Check, { snapshot }: CheckContext): boolean {
  return since === undefined || snapshot.serverVersion >= since
}

// The major versions whose releases the checks know.
const KNOWN_SERVERS = [14, 18] as const

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

function doubtsOf({ id, doubts }: Check, context: CheckContext): Inconclusive[] {
  return (doubts?.(context) ?? []).map(({ object, reason }) => ({
    check: id,
    reason: `${object}: ${reason}`,
  }))
}

function withLevel(finding: Finding, levels: Readonly<Record<string, Judgement>>): Finding {
  const level = levels[finding.check]
  return level === undefined || level === 'off' ? finding : { ...finding, level }
}

function worstFirst(a: Finding, b: Finding): number {
  const keys = ({ level, object, check }: Finding) =>
    [LEVELS.indexOf(level), object, check] as const
  const [one, other] = [keys(a), keys(b)]
  const differing = one.findIndex((key, index) => key !== other[index])
  return (one[differing] ?? 0) < (other[differing] ?? 0) ? -1 : 1
}

function judgeable(input: ConfigInput | Config): Config {
  const config = trustedConfig(input)
  const { audit } = config
  const known = CHECKS.map(({ id }) => id)
  const named = [
    ...Object.keys(audit.levels).map((id) => ({ path: `audit.levels.${id}`, id })),
    ...audit.waivers.map(({ check }, i) => ({ path: `audit.waivers[${i}].check`, id: check })),
  ]
  const problems = named
    .filter(({ id }) => !known.includes(id))
    .map(({ path, id }) => {
      const meant = nearest(id, known)
      return `${path}: there is no such check${meant ? `; did you mean ${meant}?` : ''}`
    })
  if (problems.length > 0) throw configInvalid(problems)
  return config
}

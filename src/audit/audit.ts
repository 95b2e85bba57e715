import { isDistributed } from '../catalog/is-distributed.ts'
import type { Queryable } from '../catalog/read-only.ts'
import type { Snapshot } from '../catalog/snapshot.ts'
import type { Check, Finding } from '../checks/check.ts'
import { openRoads } from '../checks/facts/roads.ts'
import type { Config, ConfigInput } from '../config/config.ts'
import { LEVELS } from '../config/level.ts'
import { resolveWanted } from '../wanted/resolve-wanted.ts'
import { type BaselineEntry, type Compared, compareWithBaseline } from './baseline.ts'
import { chooseChecks, parseAuditConfig, switchedOff, withLevel } from './chosen-checks.ts'
import { type Inconclusive, runnableChecks } from './inconclusive.ts'
import { isolationOf, type TableIsolation } from './isolation-matrix.ts'
import { type NotLookedAt, notLookedAt } from './not-looked-at.ts'
import { type SnapshotOptions, takeSnapshot } from './take-snapshot.ts'
import { applyWaivers, type Waived } from './waivers.ts'

export type { Queryable } from '../catalog/read-only.ts'
export type { Snapshot } from '../catalog/snapshot.ts'
export type { Finding } from '../checks/check.ts'
export type { Change, Judgement as ChangeJudgement } from '../comparison/change.ts'
export { compareSnapshots } from '../comparison/compare-snapshots.ts'
export type { BaselineEntry, Compared } from './baseline.ts'
export type { Inconclusive } from './inconclusive.ts'
export type { Isolation } from './isolation.ts'
export type { TableIsolation } from './isolation-matrix.ts'
export type { NotLookedAt } from './not-looked-at.ts'
export { loadSnapshot, saveSnapshot } from './snapshot-file.ts'
export { type SnapshotOptions, takeSnapshot } from './take-snapshot.ts'
export type { Waived } from './waivers.ts'

/** The result of `audit` and `auditSnapshot`. */
export interface AuditReport {
  /** As in `server_version_num`: 180004 is 18.4. */
  readonly serverVersion: number
  readonly database: string
  /** How many tables were judged: the listed ones, their partitions and their children. */
  readonly tables: number
  /** How many checks were to be made. */
  readonly checks: number
  /** The ids of the checks that the config switched off. */
  readonly off: readonly string[]
  /** The ids of the checks that looked at everything, and found nothing. */
  readonly passed: readonly string[]
  /** Worst first, then by object and check. */
  readonly findings: readonly Finding[]
  /** The findings that the config waives. */
  readonly waived: readonly Waived[]
  /** Parts of the database that the report does not judge: they were believed, or out of sight. */
  readonly notLookedAt: readonly NotLookedAt[]
  /** Checks that could not run or not judge every object, and why. They do not count as clean. */
  readonly inconclusive: readonly Inconclusive[]
  /** The rows that each tenant table lets through, command by command. */
  readonly matrix: readonly TableIsolation[]
  /** Only of a report that was compared with a baseline: see {@link AuditOptions}. */
  readonly baseline?: Compared
}

/** The options of `auditSnapshot`. */
export interface AuditOptions {
  /** The findings of an earlier report, which may stay: they are set aside. */
  readonly baseline?: readonly BaselineEntry[]
}

/**
 * Compares a database with the config. Reads the catalog once, in a read-only transaction, and judges
 * the snapshot. Needs no privileges, and blocks no other statement, unless it is asked for `rows`.
 *
 * @param db a connected client of pg, outside a transaction
 * @param config the object of `kysely-tenants.config.ts`
 * @throws `CONFIG.INVALID`, `CATALOG.MISMATCH` (a table or role is missing), `CATALOG.CHANGED`,
 * `CATALOG.LOCKED`, `SERVER.UNSUPPORTED`
 *
 * @example
 * ```ts
 * const report = await audit(client, config)
 * assert.deepEqual(report.findings.filter(({ level }) => level === 'critical'), [])
 * ```
 */
export async function audit(
  db: Queryable,
  config: ConfigInput | Config,
  options: AuditOptions & SnapshotOptions = {},
): Promise<AuditReport> {
  return auditSnapshot(await takeSnapshot(db, config, options), config, options)
}

/**
 * Judges a snapshot, as {@link audit} does, without a database.
 *
 * @param snapshot made with a config of the same schemas and roles: it knows no others
 * @throws `CONFIG.INVALID`, `CATALOG.MISMATCH`
 *
 * @example
 * ```ts
 * const { findings } = auditSnapshot(await takeSnapshot(client, config), config)
 * ```
 */
export function auditSnapshot(
  snapshot: Snapshot,
  config: ConfigInput | Config,
  { baseline }: AuditOptions = {},
): AuditReport {
  const parsed = parseAuditConfig(config)
  const context = { snapshot, wanted: resolveWanted(parsed, snapshot, { allowMistyped: true }) }
  const { levels, waivers } = parsed.audit
  const { chosen, leftOut } = chooseChecks(levels, context)
  const { runnable, blocked, partial, inconclusive } = runnableChecks(chosen, context)
  const found = runnable
    .flatMap((check) => check.detect(context))
    .map((finding) => withLevel(finding, levels))
  const today = new Date().toISOString().slice(0, 10)
  const judged = applyWaivers(waivers, { findings: found, partial, today })
  const notMade = new Set([...leftOut, ...partial])
  const compared = baseline && compareWithBaseline(baseline, { ...judged, notMade })

  return {
    serverVersion: snapshot.serverVersion,
    database: snapshot.database,
    tables: context.wanted.tables.length + context.wanted.withoutColumn.length,
    checks: chosen.length,
    off: switchedOff(levels),
    passed: passedChecks(runnable, [...found, ...inconclusive]),
    findings: [...(compared ?? judged).findings].sort(worstFirst),
    waived: judged.waived.sort(worstFirst),
    notLookedAt: notLookedAt(context),
    inconclusive,
    matrix: isolationOf(context, {
      findings: found,
      // Without app roles in the config no cell is proven. An unknown server release concerns one check.
      isPartial:
        isDistributed(snapshot) ||
        openRoads(context).givenUp.length > 0 ||
        blocked.some(({ needs }) => needs === 'appRoles' || needs === 'roads'),
    }),
    ...(compared && { baseline: { known: compared.known, fixed: compared.fixed } }),
  }
}

function passedChecks(
  made: readonly Check[],
  others: readonly { readonly check: string }[],
): string[] {
  const ids = new Set(others.map(({ check }) => check))
  return made.flatMap(({ id }) => (ids.has(id) ? [] : id)).sort()
}

function worstFirst(a: Finding, b: Finding): number {
  const keys = ({ level, object, check }: Finding) =>
    [LEVELS.indexOf(level), object, check] as const
  const [one, other] = [keys(a), keys(b)]
  const differing = one.findIndex((key, index) => key !== other[index])
  return (one[differing] ?? 0) < (other[differing] ?? 0) ? -1 : 1
}

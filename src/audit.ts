import { type BaselineEntry, type Compared, compareWithBaseline } from './baseline.ts'
import { readAppLogin } from './catalog/read-app-login.ts'
import { readKeyRows } from './catalog/read-key-rows.ts'
import { inReadOnlyTransaction, type Queryable } from './catalog/read-only.ts'
import { readSnapshot } from './catalog/read-snapshot.ts'
import type { Snapshot } from './catalog/snapshot.ts'
import type { Check, CheckContext, Finding } from './checks/check.ts'
import { CHECKS } from './checks/registry.ts'
import type { Config, ConfigInput } from './config.ts'
import { readTruthTables } from './drift/read-truth-tables.ts'
import { configInvalid } from './errors/application.ts'
import { catalogMismatch } from './errors/command/catalog.ts'
import {
  doubtsOf,
  type Inconclusive,
  isDistributed,
  obstacle,
  reservations,
} from './inconclusive.ts'
import { isolationOf, type TableIsolation } from './isolation.ts'
import { type Judgement, LEVELS } from './level.ts'
import { nearest } from './nearest.ts'
import { trustedConfig } from './parse-config.ts'
import { applyWaivers, type Waived } from './waivers.ts'
import { auditedState, snapshotRequest } from './wanted/wanted-state.ts'

export type { BaselineEntry, Compared } from './baseline.ts'
export type { Queryable } from './catalog/read-only.ts'
export type { Snapshot } from './catalog/snapshot.ts'
export type { Finding } from './checks/check.ts'
export { compareSnapshots } from './compare-snapshots.ts'
export type { Change, Judgement as ChangeJudgement } from './comparison/change.ts'
export type { Inconclusive } from './inconclusive.ts'
export type { Isolation, TableIsolation } from './isolation.ts'
export { loadSnapshot, saveSnapshot } from './snapshot-file.ts'
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
  /** What each tenant table lets through, command by command. */
  readonly matrix: readonly TableIsolation[]
  /** Only of a report that was compared with a baseline: see {@link AuditOptions}. */
  readonly baseline?: Compared
}

export interface SnapshotOptions {
  /**
   * A fresh connection of the application, with its own login: what PostgreSQL says there is the last
   * word about it.
   */
  readonly app?: Queryable
  /**
   * Also count the rows that break a foreign key which PostgreSQL calls valid. Reads all of them, with a
   * login that row security does not filter: a superuser, or BYPASSRLS.
   * @default false
   */
  readonly rows?: boolean
}

export interface AuditOptions {
  /** The findings of an earlier report, which may stay: they are set aside. */
  readonly baseline?: readonly BaselineEntry[]
}

/**
 * Compares a database with the config. Reads the catalog once, in a read-only transaction, and judges
 * what it read; needs no privileges, and holds no lock that anybody waits for, unless it is asked for `rows`.
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
export async function audit(
  db: Queryable,
  config: ConfigInput | Config,
  options: AuditOptions & SnapshotOptions = {},
): Promise<AuditReport> {
  return auditSnapshot(await takeSnapshot(db, config, options), config, options)
}

/**
 * Reads what {@link auditSnapshot} judges: plain data, which can be kept as JSON.
 *
 * @throws `CONFIG.INVALID`, `CATALOG.CHANGED`, `SERVER.UNSUPPORTED`; `CATALOG.MISMATCH` for a table or
 * role that is missing, or an application that is connected with another database
 *
 * @example
 * ```ts
 * const snapshot = await takeSnapshot(client, config)
 * ```
 */
export async function takeSnapshot(
  db: Queryable,
  config: ConfigInput | Config,
  { app, rows = false }: SnapshotOptions = {},
): Promise<Snapshot> {
  const trusted = judgeable(config)
  const request = snapshotRequest(trusted)
  const appLogin = app && (await readAppLogin(app, trusted.setting))
  const snapshot = await inReadOnlyTransaction(db, async () => {
    const read = await readSnapshot(db, request)
    const { tables } = auditedState(trusted, read)
    const keyRows = rows && { keyRows: await readKeyRows(db, tables) }
    return { ...read, ...keyRows, truthTables: await readTruthTables(db, tables, read) }
  })
  if (!appLogin) return snapshot
  if (appLogin.database !== snapshot.database) {
    throw catalogMismatch([
      `The application is connected with ${appLogin.database}, and not with ${snapshot.database}.`,
    ])
  }
  return { ...snapshot, appLogin }
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
export function auditSnapshot(
  snapshot: Snapshot,
  config: ConfigInput | Config,
  { baseline }: AuditOptions = {},
): AuditReport {
  const trusted = judgeable(config)
  const context = { snapshot, wanted: auditedState(trusted, snapshot) }
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
  const inDoubt = new Set([...obstacles, ...doubts].map(({ check }) => check))
  const judged = applyWaivers(trusted.audit.waivers, { findings: found, blind: inDoubt, today })
  const notMade = new Set(CHECKS.filter((c) => !checks.includes(c) || inDoubt.has(c.id)).map(idOf))
  const compared = baseline && compareWithBaseline(baseline, { ...judged, notMade })

  return {
    serverVersion: snapshot.serverVersion,
    database: snapshot.database,
    tables: context.wanted.tables.length + context.wanted.withoutColumn.length,
    checks: checks.length,
    off: CHECKS.map(idOf).filter((id) => levels[id] === 'off'),
    findings: [...(compared ?? judged).findings].sort(worstFirst),
    waived: judged.waived.sort(worstFirst),
    inconclusive: [...obstacles, ...doubts, ...reservations(context, checks)],
    matrix: isolationOf(context, {
      findings: found,
      isBlind: isDistributed(snapshot) || isBlindToApp(blind),
    }),
    ...(compared && { baseline: { known: compared.known, fixed: compared.fixed } }),
  }
}

/** Who is not known cannot be said to be held: a later release of the server is another matter. */
function isBlindToApp(blind: ReadonlySet<string>): boolean {
  return CHECKS.some(({ id, needs }) => needs === 'appRoles' && blind.has(id))
}

function idOf({ id }: Check): string {
  return id
}

function isWanted({ id, isOptIn }: Check, levels: Readonly<Record<string, Judgement>>): boolean {
  return isOptIn ? (levels[id] ?? 'off') !== 'off' : levels[id] !== 'off'
}

// A server without views that could run as their caller has none that should.
function isPossible({ since, asksApp, readsRows }: Check, { snapshot }: CheckContext): boolean {
  if ((asksApp && !snapshot.appLogin) || (readsRows && !snapshot.keyRows)) return false
  return since === undefined || snapshot.serverVersion >= since
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
  const known = CHECKS.map(idOf)
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

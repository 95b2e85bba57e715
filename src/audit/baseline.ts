import type { Finding } from '../checks/check.ts'

/** A finding that was there when the baseline was written. */
export interface BaselineEntry {
  readonly check: string
  readonly object: string
  readonly fingerprint: string
}

/** A report compared with a baseline: its findings are the new ones. */
export interface Compared {
  /** Findings that are in the baseline. They do not count. */
  readonly known: readonly Finding[]
  /** Entries of the baseline that were not found, although their check ran. */
  readonly fixed: readonly BaselineEntry[]
}

interface Found {
  readonly findings: readonly Finding[]
  readonly waived: readonly Finding[]
  /** The checks that did not run: their entries are not known to be fixed. */
  readonly notMade: ReadonlySet<string>
}

/** Separates new findings from known ones: known problems may stay for now, new ones may not come. */
export function compareWithBaseline(
  baseline: readonly BaselineEntry[],
  { findings, waived, notMade }: Found,
): Compared & { readonly findings: readonly Finding[] } {
  const accepted = new Set(baseline.map(keyOf))
  const found = new Set([...findings, ...waived].map(keyOf))
  return {
    findings: findings.filter((finding) => !accepted.has(keyOf(finding))),
    known: findings.filter((finding) => accepted.has(keyOf(finding))),
    fixed: baseline.filter((entry) => !found.has(keyOf(entry)) && !notMade.has(entry.check)),
  }
}

/** The entries of a new baseline: sorted, so that a review shows what changed. */
export function baselineOf(entries: readonly BaselineEntry[]): BaselineEntry[] {
  const unique = new Map(entries.map((entry) => [keyOf(entry), entry]))
  return [...unique]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { check, object, fingerprint }]) => ({ check, object, fingerprint }))
}

function keyOf({ check, object, fingerprint }: BaselineEntry): string {
  return JSON.stringify([check, object, fingerprint])
}

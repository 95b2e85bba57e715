import type { Finding } from '../checks/check.ts'

/** A finding that was there when the baseline was written. */
export interface BaselineEntry {
  readonly check: string
  readonly object: string
  readonly fingerprint: string
}

/** A report beside a baseline: its findings are the new ones. */
export interface Compared {
  /** What was found and is in the baseline. It does not count. */
  readonly known: readonly Finding[]
  /** What is in the baseline and was not found, although it was looked for. */
  readonly fixed: readonly BaselineEntry[]
}

interface Found {
  readonly findings: readonly Finding[]
  readonly waived: readonly Finding[]
  /** The checks that did not look: nobody knows whether what they would find is gone. */
  readonly notMade: ReadonlySet<string>
}

/** Parts what is new from what is known: known problems may stay for now, none may come. */
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

/** What a baseline is to hold: sorted, so that a review shows what changed. */
export function baselineOf(entries: readonly BaselineEntry[]): BaselineEntry[] {
  const unique = new Map(entries.map((entry) => [keyOf(entry), entry]))
  return [...unique]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { check, object, fingerprint }]) => ({ check, object, fingerprint }))
}

function keyOf({ check, object, fingerprint }: BaselineEntry): string {
  return JSON.stringify([check, object, fingerprint])
}

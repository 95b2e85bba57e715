import { type Finding, fingerprinted } from '../checks/check.ts'
import type { Waiver } from '../config/config.ts'

/** A finding that the config accepts, and why. It does not count. */
export interface Waived extends Finding {
  readonly reason: string
  readonly expires: string
}

interface WaiverBasis {
  readonly findings: readonly Finding[]
  /** Checks that could not judge everything: a waiver of theirs may still be needed. */
  readonly partial: ReadonlySet<string>
  /** As in `expires`. */
  readonly today: string
}

/**
 * Sets aside the findings that the config waives. An expired waiver has no effect, and a waiver without
 * a finding would hide a later one: each of them is a finding itself.
 */
export function applyWaivers(
  waivers: readonly Waiver[],
  { findings, partial, today }: WaiverBasis,
): { findings: Finding[]; waived: Waived[] } {
  const valid = waivers.filter(({ expires }) => expires >= today)
  const waived = findings.flatMap((finding) => {
    const waiver = valid.find((candidate) => covers(candidate, finding))
    return waiver ? [{ ...finding, reason: waiver.reason, expires: waiver.expires }] : []
  })
  const accepted = new Set(waived.map(({ fingerprint }) => fingerprint))
  return {
    waived,
    findings: [
      ...findings.filter(({ fingerprint }) => !accepted.has(fingerprint)),
      ...waivers.flatMap((waiver) => {
        if (partial.has(waiver.check)) return []
        if (!findings.some((finding) => covers(waiver, finding))) return stale(waiver, findings)
        return waiver.expires < today ? expired(waiver) : []
      }),
    ],
  }
}

function covers({ check, object, fingerprint }: Waiver, finding: Finding): boolean {
  return (
    check === finding.check &&
    object === finding.object &&
    (fingerprint === undefined || fingerprint === finding.fingerprint)
  )
}

function expired({ check, object, reason, expires }: Waiver): Finding {
  return fingerprinted({
    check: 'waiver-expired',
    level: 'low',
    object,
    summary: `The waiver of ${check} ended on ${expires}: ${reason}`,
    fix: '-- Fix the finding, or decide again and give the waiver another date.',
  })
}

function stale({ check, object }: Waiver, findings: readonly Finding[]): Finding {
  const other = findings.find((finding) => finding.check === check && finding.object === object)
  return fingerprinted({
    check: 'waiver-stale',
    level: 'low',
    object,
    summary: other
      ? `The waiver of ${check} is for another finding than ${other.fingerprint}.`
      : `${check} has no finding here that the waiver could waive.`,
    fix: '-- Remove it from `audit.waivers`, or correct it.',
  })
}

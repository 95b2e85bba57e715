import { type Finding, fingerprinted } from '../checks/check.ts'
import type { Waiver } from '../config/config.ts'

/** A finding that the config accepts, and why. It does not count. */
export interface Waived extends Finding {
  readonly reason: string
  readonly expires: string
}

interface Judged {
  readonly findings: readonly Finding[]
  /** Checks that could not look: what they would find is not known to be gone. */
  readonly blind: ReadonlySet<string>
  /** As in `expires`. */
  readonly today: string
}

/**
 * Takes out what the config accepts. A waiver that is over waives nothing, and one without anything to
 * waive would hide what comes after: each of them is a finding itself.
 */
export function applyWaivers(
  waivers: readonly Waiver[],
  { findings, blind, today }: Judged,
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
        if (blind.has(waiver.check)) return []
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
    fix: '-- Mend what it waived, or think again and give it another date.',
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
      : `${check} finds nothing here that the waiver could waive.`,
    fix: '-- Take it out of `audit.waivers`, or correct it.',
  })
}

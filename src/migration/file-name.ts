/**
 * A name for each stem that Kysely runs after all existing ones, in their style: milliseconds as
 * kysely-ctl writes them, `20240131120000`, `2024-01-31T12-00-00`, `0007`, …
 *
 * Kysely sorts names as text and refuses a new one that comes before an executed one, so the order
 * goes first and the style second.
 *
 * @param existing names without extension
 */
export function migrationNames(
  existing: readonly string[],
  stems: readonly string[],
  now: Date,
): string[] {
  const last = existing.toSorted().at(-1)
  const prefix = prefixes(last, now).find(
    (candidate) => !last || stems.every((stem) => `${candidate}_${stem}` > last),
  )
  return stems.map((stem) => `${prefix}_${stem}`)
}

/** From the best to the one that always comes last: an extension of the last name. */
function prefixes(last: string | undefined, now: Date): string[] {
  const milliseconds = String(now.getTime())
  if (!last) return [milliseconds]
  const dated = /^\d+(?:[-_.:T]?\d+)*Z?/.exec(last)?.[0] ?? ''
  const number = /^\d+/.exec(last)?.[0] ?? ''

  return [
    ...[dated, number].flatMap((prefix) => inStyle(prefix, now)),
    milliseconds,
    ...next(number),
    last,
  ]
}

function inStyle(prefix: string, now: Date): string[] {
  const digits = prefix.replace(/\D/g, '')
  if (/^(?:19|20)/.test(digits) && [8, 12, 14, 17].includes(digits.length)) {
    const today = now.toISOString().replace(/\D/g, '')
    let position = 0
    return [prefix.replace(/\d/g, () => today.charAt(position++))]
  }
  if (digits !== prefix) return []
  if (digits.length === 13) return [String(now.getTime())]
  if (digits.length === 10) return [String(Math.floor(now.getTime() / 1000))]
  return next(digits)
}

/** `0099` → `0100`; nothing after `9999`, because `10000` comes before it as text. */
function next(digits: string): string[] {
  if (digits === '') return []
  const following = String(BigInt(digits) + 1n).padStart(digits.length, '0')
  return following.length === digits.length ? [following] : []
}

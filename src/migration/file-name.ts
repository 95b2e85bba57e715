import { flywayNames } from './flyway-names.ts'

export interface Naming {
  /** The first part of the names in an empty folder. */
  readonly first: 'milliseconds' | 'date and time' | { readonly number: string }
  /** Whether each file needs a prefix of its own: golang-migrate, dbmate and sqlx know it by that alone. */
  readonly isUnique: boolean
  /** The character before the stem. @default '_' */
  readonly separator?: string
  /** Letters and digits of ASCII only. */
  readonly isAscii?: true
  /** Flyway compares versions, where the others compare names as text. */
  readonly style?: 'flyway'
}

/**
 * A name for each stem that is run after all existing ones, in their style: milliseconds as
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
  { now, ...naming }: Naming & { readonly now: Date },
): string[] {
  if (naming.style === 'flyway') return flywayNames(existing, stems, now)
  const { separator = '_' } = naming
  if (!naming.isUnique) {
    const prefix = prefixAfter(existing, stems, { ...naming, now })
    return stems.map((stem) => `${prefix}${separator}${stem}`)
  }
  const names: string[] = []
  for (const [index, stem] of stems.entries()) {
    const later = new Date(now.getTime() + index * 1000)
    const prefix = prefixAfter([...existing, ...names], [stem], { ...naming, now: later })
    names.push(`${prefix}${separator}${stem}`)
  }
  return names
}

function prefixAfter(
  existing: readonly string[],
  stems: readonly string[],
  { now, first, isUnique, separator = '_' }: Naming & { readonly now: Date },
): string | undefined {
  const begins = (name: string, prefix: string) => {
    return name === prefix || name.startsWith(`${prefix}${separator}`)
  }
  const last = existing.toSorted().at(-1)
  if (!last) return firstPrefix(first, now)
  return prefixes(last, now)
    .filter((prefix) => !isUnique || !existing.some((name) => begins(name, prefix)))
    .find((prefix) => stems.every((stem) => `${prefix}${separator}${stem}` > last))
}

function firstPrefix(first: Naming['first'], now: Date): string {
  if (typeof first === 'object') return first.number
  return first === 'milliseconds' ? String(now.getTime()) : dateAndTime(now).slice(0, 14)
}

/** From the best to the one that always comes last: an extension of the last name. */
function prefixes(last: string, now: Date): string[] {
  const milliseconds = String(now.getTime())
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
    const today = dateAndTime(now)
    let position = 0
    return [prefix.replace(/\d/g, () => today.charAt(position++))]
  }
  if (digits !== prefix) return []
  if (digits.length === 13) return [String(now.getTime())]
  if (digits.length === 10) return [String(Math.floor(now.getTime() / 1000))]
  return next(digits)
}

/** In UTC, to the millisecond. */
function dateAndTime(now: Date): string {
  return now.toISOString().replace(/\D/g, '')
}

/** `0099` → `0100`. `9999` has no successor: as text, `10000` comes before it. */
function next(digits: string): string[] {
  if (digits === '') return []
  const following = String(BigInt(digits) + 1n).padStart(digits.length, '0')
  return following.length === digits.length ? [following] : []
}

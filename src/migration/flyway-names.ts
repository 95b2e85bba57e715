/**
 * A name for each stem that Flyway runs after all existing ones: `1` → `2`, `1.9` → `1.10`, a date and a time →
 * that of now.
 * https://documentation.red-gate.com/flyway/flyway-concepts/migrations/versioned-migrations
 *
 * @param existing names without `V` and without extension
 */
export function flywayNames(
  existing: readonly string[],
  stems: readonly string[],
  now: Date,
): string[] {
  const [last] = existing.map(versionOf).toSorted((a, b) => compareVersions(b, a))
  const time = now.toISOString().replace(/\D/g, '').slice(0, 14)
  let version = last
  return stems.map((stem) => {
    version = version === undefined ? time : after(version, time)
    return `${version}__${stem}`
  })
}

function versionOf(name: string): string {
  return /^\d+(?:[._]\d+)*/.exec(name)?.[0] ?? '0'
}

function after(version: string, time: string): string {
  if (/^(?:19|20)\d{12}$/.test(version) && time > version) return time
  return version.replace(/\d+$/, (digits) => {
    return String(BigInt(digits) + 1n).padStart(digits.length, '0')
  })
}

/** By their numbers: 1.10 comes after 1.9, and 1 is 1.0. */
function compareVersions(a: string, b: string): number {
  const [one, other] = [a, b].map((version) => version.split(/[._]/).map(BigInt))
  for (let part = 0; part < Math.max(one?.length ?? 0, other?.length ?? 0); part++) {
    const [left, right] = [one?.[part] ?? 0n, other?.[part] ?? 0n]
    if (left !== right) return left < right ? -1 : 1
  }
  return 0
}

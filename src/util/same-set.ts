/** Compares as sets: neither order nor repetition counts. */
export function isSameSet<T>(some: readonly T[], others: readonly T[]): boolean {
  const [a, b] = [new Set(some), new Set(others)]
  return a.size === b.size && [...a].every((entry) => b.has(entry))
}

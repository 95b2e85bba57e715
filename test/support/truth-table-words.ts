/** The words for a condition that lets more rows through than the config wants. */
export function more(cell: string): string {
  return `more: ${cell} is visible to select`
}

/** The words for a condition that lets no row through. */
export function nothing(): string {
  return 'nothing: with tenant A, a row of tenant A is hidden from select'
}

/** The words for a condition that cannot be evaluated. */
export function doubtful(...reasons: string[]): string {
  return `doubtful: ${reasons.map((reason) => `policy tenant_access ${reason}`).join('; ')}`
}

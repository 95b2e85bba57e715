/** Text of one line, which no character of it formats: fit for a cell of a table. */
export function escaped(text: string): string {
  const plain = text.replaceAll(/\s+/g, ' ')
  return plain.replaceAll(/[\\`*_|<>~[\]]/g, (character) => `\\${character}`)
}

// In a code span nothing is escaped but, inside a table, the bar.
export function code(text: string): string {
  const plain = text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|')
  const longest = Math.max(0, ...[...plain.matchAll(/`+/g)].map(([run]) => run.length))
  const mark = '`'.repeat(longest + 1)
  const pad = longest > 0 ? ' ' : ''
  return `${mark}${pad}${plain}${pad}${mark}`
}

/** @param rows cells that are {@link escaped}, or {@link code}; a column is centered where `align` says so */
export function table(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  align: readonly ('left' | 'center')[] = [],
): string {
  const rule = header.map((_, column) => (align[column] === 'center' ? ':-:' : '---'))
  return [header, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

/** Escapes text for one line or one cell of a table, so that no character of it formats. */
export function escaped(text: string): string {
  const plain = text.replaceAll(/\s+/g, ' ')
  return plain.replaceAll(/[\\`*_|<>~[\]]/g, (character) => `\\${character}`)
}

// A code span needs no escapes; only inside a table, the bar needs one.
export function code(text: string): string {
  const plain = text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|')
  const longest = Math.max(0, ...[...plain.matchAll(/`+/g)].map(([run]) => run.length))
  const mark = '`'.repeat(longest + 1)
  const pad = longest > 0 ? ' ' : ''
  return `${mark}${pad}${plain}${pad}${mark}`
}

import { displayWidth } from './display-width.ts'

/** Prose is hard to read in longer lines, however wide the terminal is. */
const PROSE = 88

interface Lines {
  /** The width of the terminal. Without it, all words stay in one line. */
  readonly columns?: number | undefined
  /** Spaces before each line but the first. */
  readonly indent?: number
}

/**
 * Puts as many words in a line as fit the terminal. A word that is wider has a line of its own and is never
 * cut. Colors have no width.
 *
 * @param words text, or words that may hold spaces; a space before one widens the gap
 */
export function wrap(
  words: string | readonly string[],
  { columns = Number.POSITIVE_INFINITY, indent = 0 }: Lines,
): string[] {
  const lines: string[] = []
  let width = 0
  for (const word of typeof words === 'string' ? words.split(/\s+/) : words) {
    const own = displayWidth(word)
    const last = lines.at(-1)
    if (last !== undefined && width + 1 + own <= columns) {
      lines[lines.length - 1] = `${last} ${word}`
      width += 1 + own
    } else {
      const start = last === undefined ? word : `${' '.repeat(indent)}${word.trimStart()}`
      lines.push(start)
      width = displayWidth(start)
    }
  }
  return lines.map((line) => line.trimEnd())
}

/** Wraps prose beside a margin of this many columns. */
export function wrapProse(
  text: string,
  {
    columns = Number.POSITIVE_INFINITY,
    margin = 0,
  }: { columns?: number | undefined; margin?: number },
): string[] {
  return wrap(text, { columns: Math.min(PROSE, columns - margin) })
}

import { createHash } from 'node:crypto'

/** The number of bytes that PostgreSQL keeps of a name. */
export const LONGEST_NAME = 63

/** `stem` with `ending`, or with a number behind it: a name that is not in `taken`. */
export function unusedName(stem: string, ending: string, taken: readonly string[]): string {
  for (let number = 1; ; number++) {
    const candidate = shortenedName(stem, number === 1 ? ending : `${ending}${number}`)
    if (!taken.includes(candidate)) return candidate
  }
}

/** Two long names that begin alike stay different. */
export function shortenedName(stem: string, ending: string): string {
  if (Buffer.byteLength(stem + ending) <= LONGEST_NAME) return stem + ending
  const digest = createHash('sha256').update(stem).digest('hex').slice(0, 8)
  const characters = [...stem]
  const result = () => `${characters.join('')}_${digest}${ending}`
  while (Buffer.byteLength(result()) > LONGEST_NAME) characters.pop()
  return result()
}

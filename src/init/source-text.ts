const WIDTH = 100

export type Literal = string | boolean | readonly Literal[] | Entries

export interface Entries {
  readonly [key: string]: Literal
}

/**
 * `key: value,` as Biome and Prettier leave it alone: on one line where it fits.
 *
 * @param margin how far to the right the caller will move the lines
 */
export function propertyLines(key: string, value: Literal, margin: number): string[] {
  const [first = '', ...more] = lines(value, margin + keyText(key).length + 2, margin)
  return withComma([`${keyText(key)}: ${first}`, ...more])
}

function lines(value: Literal, used: number, margin: number): string[] {
  const flat = flatText(value)
  if (used + flat.length + 1 <= WIDTH || typeof value !== 'object') return [flat]
  const inner = isList(value)
    ? value.flatMap((item) => withComma(lines(item, margin + 2, margin + 2)))
    : Object.entries(value).flatMap(([key, item]) => propertyLines(key, item, margin + 2))
  const [open, close] = isList(value) ? ['[', ']'] : ['{', '}']
  return [open, ...inner.map((line) => `  ${line}`), close]
}

function withComma(lines: readonly string[]): string[] {
  return lines.map((line, index) => (index === lines.length - 1 ? `${line},` : line))
}

function flatText(value: Literal): string {
  if (typeof value === 'string') return stringText(value)
  if (typeof value === 'boolean') return String(value)
  if (isList(value)) return `[${value.map(flatText).join(', ')}]`
  const entries = Object.entries(value).map(([key, item]) => `${keyText(key)}: ${flatText(item)}`)
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`
}

// Array.isArray does not narrow a readonly list.
function isList(value: readonly Literal[] | Entries): value is readonly Literal[] {
  return Array.isArray(value)
}

function keyText(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : stringText(key)
}

/** In the quotes that need fewer backslashes. */
function stringText(text: string): string {
  const json = JSON.stringify(text).replace(/[\u2028\u2029]/g, escaped)
  const isApt = count(text, "'") > count(text, '"')
  if (isApt) return json
  return `'${json.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
}

function count(text: string, letter: string): number {
  return text.split(letter).length - 1
}

function escaped(letter: string): string {
  return `\\u${letter.charCodeAt(0).toString(16)}`
}

/** Names are not ours: a line break in one of them would end the comment. */
export function commentText(text: string): string {
  return `// ${text.replace(/[\n\r\u2028\u2029]+/g, ' ')}`
}

/**
 * The parts of a deparsed condition that must all be true: each of them holds wherever the whole does.
 *
 * @example `((a = 1) AND ((b = 2) OR (c = ' AND ')))` → `(a = 1)`, `((b = 2) OR (c = ' AND '))`
 */
export function conjuncts(condition: string): string[] {
  return partsOf(condition, ' AND ')
}

/** The parts of a deparsed condition of which one that is true is enough. */
export function disjuncts(condition: string): string[] {
  return partsOf(condition, ' OR ')
}

function partsOf(condition: string, operator: ' AND ' | ' OR '): string[] {
  const inner = withoutOuterParentheses(condition)
  const parts: string[] = []
  let start = 0
  for (const { at, depth } of codePositions(inner)) {
    if (depth !== 0 || at < start || !inner.startsWith(operator, at)) continue
    parts.push(inner.slice(start, at))
    start = at + operator.length
  }
  if (parts.length === 0) return [condition]
  return [...parts, inner.slice(start)].flatMap((part) => partsOf(part, operator))
}

function withoutOuterParentheses(text: string): string {
  if (!text.startsWith('(')) return text
  const closing = codePositions(text).find(({ at, depth }) => at > 0 && depth === 0)
  return closing?.at === text.length - 1 ? text.slice(1, -1) : text
}

/** Rewrites the parts of a deparsed condition that stand in no sub-select. */
export function outsideSubSelects(condition: string, rewrite: (part: string) => string): string {
  const START = '( SELECT '
  let result = ''
  let from = 0
  let subSelect: number | undefined
  for (const { at, depth } of codePositions(condition)) {
    if (subSelect === undefined && condition.startsWith(START, at)) {
      result += rewrite(condition.slice(from, at))
      from = at
      subSelect = depth - 1
    } else if (depth === subSelect) {
      result += condition.slice(from, at + 1)
      from = at + 1
      subSelect = undefined
    }
  }
  return result + rewrite(condition.slice(from))
}

/** Every position outside quotes, with the parentheses open after it. */
function codePositions(text: string): { at: number; depth: number }[] {
  const positions: { at: number; depth: number }[] = []
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (character === "'" || character === '"') {
      at = endOfQuoted(text, at)
      continue
    }
    if (character === '(') depth++
    if (character === ')') depth--
    positions.push({ at, depth })
  }
  return positions
}

// A doubled quote ends one piece and begins the next, which comes to the same. In an E'…' string a
// backslash hides the character after it.
function endOfQuoted(text: string, start: number): number {
  const quote = text[start]
  const escapes = quote === "'" && text[start - 1] === 'E'
  let at = start + 1
  while (at < text.length && text[at] !== quote) at += escapes && text[at] === '\\' ? 2 : 1
  return at
}

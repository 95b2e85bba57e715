/** A name with its schema or table before it, a string, or one other character. */
export type Token = NameToken | StringToken | SymbolToken

export interface NameToken {
  readonly kind: 'name'
  /** As PostgreSQL knows them: what was not quoted is in lower case. */
  readonly parts: readonly string[]
  /** The word when it is a single one without quotes, so that it may be a keyword. */
  readonly word: string
  readonly at: number
}

export interface StringToken {
  readonly kind: 'string'
  readonly text: string
  readonly at: number
}

export interface SymbolToken {
  readonly kind: 'symbol'
  readonly text: string
  readonly at: number
}

const LETTER = 'A-Za-z_\\u0080-\\uffff'
const SKIPPED = /\s+|--[^\n\r]*/y
const PIECES: readonly { readonly kind: string; readonly pattern: RegExp }[] = [
  { kind: 'skip', pattern: SKIPPED },
  { kind: 'comment', pattern: /\/\*/y },
  { kind: 'dollar', pattern: new RegExp(`\\$(?:[${LETTER}][\\w\\u0080-\\uffff]*)?\\$`, 'y') },
  { kind: 'escaped', pattern: /[eE]'(?:[^'\\]|\\[\s\S]|'')*'?/y },
  { kind: 'text', pattern: /(?:[uU]&|[bBxXnN])?'(?:[^']|'')*'?/y },
  { kind: 'quoted', pattern: /(?:[uU]&)?"(?:[^"]|"")*"?/y },
  { kind: 'word', pattern: new RegExp(`[${LETTER}][\\w$\\u0080-\\uffff]*`, 'y') },
  { kind: 'symbol', pattern: /:=|::|[0-9][\w.]*|[\s\S]/y },
]

interface Piece {
  readonly kind: string
  readonly text: string
  readonly at: number
}

/** Comments are dropped, strings are one token each, `a."B".c` is one name. */
export function tokensOf(source: string): Token[] {
  const tokens: Token[] = []
  let joins = false
  for (const piece of piecesOf(source)) {
    const last = tokens.at(-1)
    const part = partOf(piece)
    if (part !== undefined) {
      tokens.push(joins && last?.kind === 'name' ? joined(last, part) : nameToken(piece, part))
      if (joins && last?.kind === 'name') tokens.splice(-2, 1)
      joins = false
    } else if (piece.text === '.' && last?.kind === 'name' && !joins) {
      joins = true
    } else {
      joins = false
      tokens.push(otherToken(piece))
    }
  }
  return tokens
}

/** Where the first word of a statement is, behind comments and white space. */
export function startOfCode(source: string): number {
  for (let at = 0; ; ) {
    SKIPPED.lastIndex = at
    if (SKIPPED.test(source)) at = SKIPPED.lastIndex
    else if (source.startsWith('/*', at)) at = endOfComment(source, at)
    else return at
  }
}

function* piecesOf(source: string): Generator<Piece> {
  for (let at = 0; at < source.length; ) {
    const piece = pieceAt(source, at)
    if (piece.kind !== 'skip' && piece.kind !== 'comment') yield piece
    at += Math.max(1, piece.text.length)
  }
}

function pieceAt(source: string, at: number): Piece {
  for (const { kind, pattern } of PIECES) {
    pattern.lastIndex = at
    const text = pattern.exec(source)?.[0]
    if (text === undefined) continue
    if (kind === 'comment') return { kind, text: source.slice(at, endOfComment(source, at)), at }
    if (kind === 'dollar')
      return { kind, text: source.slice(at, endOfDollar(source, at, text)), at }
    return { kind, text, at }
  }
  return { kind: 'symbol', text: source.charAt(at), at }
}

// A comment may hold others.
function endOfComment(source: string, start: number): number {
  const mark = /\/\*|\*\//g
  mark.lastIndex = start
  let depth = 0
  for (let found = mark.exec(source); found; found = mark.exec(source)) {
    depth += found[0] === '/*' ? 1 : -1
    if (depth === 0) return mark.lastIndex
  }
  return source.length
}

function endOfDollar(source: string, start: number, tag: string): number {
  const end = source.indexOf(tag, start + tag.length)
  return end === -1 ? source.length : end + tag.length
}

function partOf({ kind, text }: Piece): string | undefined {
  if (kind === 'word') return text.toLowerCase()
  if (kind !== 'quoted') return undefined
  const name = text
    .replace(/^[uU]&/, '')
    .replace(/^"|"$/g, '')
    .replaceAll('""', '"')
  return /^[uU]&/.test(text) ? unescaped(name) : name
}

/** The characters behind `\0065` and `\+000065`. */
function unescaped(text: string): string {
  return text.replaceAll(/\\(?:\+([0-9a-fA-F]{6})|([0-9a-fA-F]{4})|\\)/g, (found, long, short) => {
    const code = Number.parseInt(long ?? short, 16)
    return code <= 0x10ffff ? String.fromCodePoint(code) : found === '\\\\' ? '\\' : found
  })
}

function nameToken({ kind, at }: Piece, part: string): NameToken {
  return { kind: 'name', parts: [part], word: kind === 'word' ? part : '', at }
}

function joined({ parts, at }: NameToken, part: string): NameToken {
  return { kind: 'name', parts: [...parts, part], word: '', at }
}

function otherToken({ kind, text, at }: Piece): Token {
  if (kind === 'symbol') return { kind: 'symbol', text, at }
  return { kind: 'string', text: contentOf(kind, text), at }
}

function contentOf(kind: string, text: string): string {
  if (kind === 'dollar') {
    const tag = text.slice(0, text.indexOf('$', 1) + 1)
    return text.slice(tag.length, text.endsWith(tag) ? -tag.length : undefined)
  }
  return text
    .slice(text.indexOf("'") + 1)
    .replace(/'$/, '')
    .replaceAll("''", "'")
}

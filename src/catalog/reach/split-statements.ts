import type { Token } from '../../sql/tokens.ts'

const BEFORE_A_STATEMENT = new Set(['begin', 'then', 'else', 'loop', 'atomic'])

const STATEMENTS = new Set([
  'alter',
  'call',
  'copy',
  'create',
  'delete',
  'do',
  'drop',
  'execute',
  'for',
  'foreach',
  'grant',
  'if',
  'insert',
  'merge',
  'notify',
  'perform',
  'raise',
  'reassign',
  'return',
  'select',
  'truncate',
  'update',
  'while',
  'with',
])

/** At every semicolon, and where PL/pgSQL begins one after `then`, `else`, `loop`, `begin`. */
export function statementsOf(tokens: readonly Token[]): Token[][] {
  const statements: Token[][] = [[]]
  tokens.forEach((token, i) => {
    if (begins(token, tokens[i - 1])) statements.push([])
    if (!isSemicolon(token)) statements.at(-1)?.push(token)
  })
  return statements.filter((statement) => statement.length > 0)
}

function begins(token: Token, previous: Token | undefined): boolean {
  if (isSemicolon(previous)) return true
  return (
    token.kind === 'name' &&
    STATEMENTS.has(token.word) &&
    previous?.kind === 'name' &&
    BEFORE_A_STATEMENT.has(previous.word)
  )
}

export function isSemicolon(token: Token | undefined): boolean {
  return token?.kind === 'symbol' && token.text === ';'
}

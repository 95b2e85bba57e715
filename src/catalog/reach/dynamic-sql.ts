import type { Token } from '../../sql/tokens.ts'
import { isSemicolon } from './split-statements.ts'

/** After `execute`: `create trigger … execute function`, `grant execute on`. */
const NO_STATEMENT = new Set(['function', 'procedure', 'on', 'to', 'from'])

/** Only switches row security on. */
const PROTECTS =
  /^\s*alter\s+table\s+(?:if\s+exists\s+)?(?:only\s+)?%(?:s|I|1\$[sI])(?:\.%(?:s|I))?(?:\s*,?\s*(?:enable|force)\s+row\s+level\s+security)+\s*$/i

/** Where a body puts SQL together and runs it; null where it does not, or only to protect a table. */
export function dynamicAt(tokens: readonly Token[]): number | null {
  const found = tokens.findIndex(
    (token, i) => isExecute(token, tokens[i + 1]) && !protects(tokens, i),
  )
  return tokens[found]?.at ?? null
}

function isExecute(token: Token, next: Token | undefined): boolean {
  if (token.kind !== 'name' || token.word !== 'execute') return false
  return !(next?.kind === 'name' && NO_STATEMENT.has(next.word)) && !isComma(next)
}

// `grant select, execute, …`
function isComma(token: Token | undefined): boolean {
  return token?.kind === 'symbol' && token.text === ','
}

// The arguments of `format` are names of tables: what is done to them is in the string.
function protects(tokens: readonly Token[], at: number): boolean {
  const end = tokens.findIndex((token, i) => i > at && isSemicolon(token))
  const rest = tokens.slice(at + 1, end === -1 ? undefined : end)
  const [format, , text] = rest
  const isFormat = format?.kind === 'name' && format.parts.at(-1) === 'format'
  const others = rest.filter((token) => token.kind === 'string')
  return isFormat && text?.kind === 'string' && others.length === 1 && PROTECTS.test(text.text)
}

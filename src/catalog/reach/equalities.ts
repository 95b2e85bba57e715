import type { NameToken, Token } from '../../sql/tokens.ts'
import type { Equality } from './body-facts.ts'

/** Between `=` and what a column has to equal. */
const SKIPPED = new Set(['select', 'nullif', 'cast', 'pg_catalog'])

/** Where no condition is: `set tenant_id = new.tenant_id` assigns. */
const ENDS_SET = new Set(['where', 'from', 'returning', 'when'])

/** The columns that a statement compares with the row of a trigger, or with a setting. */
export function equalitiesOf(statement: readonly Token[]): Equality[] {
  let assigns = false
  return statement.flatMap((token, i) => {
    if (token.kind === 'name') {
      if (token.word === 'set') assigns = true
      if (ENDS_SET.has(token.word)) assigns = false
    }
    if (assigns || token.kind !== 'symbol' || token.text !== '=') return []
    const [left, right] = [leftOf(statement, i), rightOf(statement, i)]
    return [equality(left, right, statement), equality(right, left, statement)].flat()
  })
}

function equality(
  column: NameToken | undefined,
  value: NameToken | undefined,
  statement: readonly Token[],
): Equality[] {
  if (!column || !value || isRow(column) || isSetting(column)) return []
  const name = column.parts.at(-1) ?? ''
  if (isRow(value)) return [{ column: name, to: 'row', name: value.parts[1] ?? '' }]
  if (!isSetting(value)) return []
  const argument = statement[statement.indexOf(value) + 2]
  if (argument?.kind !== 'string') return []
  return [{ column: name, to: 'setting', name: argument.text.toLowerCase() }]
}

function isRow({ parts }: NameToken): boolean {
  return parts.length === 2 && ['old', 'new'].includes(parts[0] ?? '')
}

function isSetting({ parts }: NameToken): boolean {
  return parts.at(-1) === 'current_setting'
}

function leftOf(statement: readonly Token[], at: number): NameToken | undefined {
  const cast = statement[at - 2]
  const isCast = cast?.kind === 'symbol' && cast.text === '::'
  const token = statement[isCast ? at - 3 : at - 1]
  return token?.kind === 'name' ? token : undefined
}

function rightOf(statement: readonly Token[], at: number): NameToken | undefined {
  for (const token of statement.slice(at + 1, at + 7)) {
    if (token.kind === 'symbol' && token.text === '(') continue
    if (token.kind !== 'name') return undefined
    if (!SKIPPED.has(token.word)) return token
  }
  return undefined
}

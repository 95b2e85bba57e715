import type { Token } from '../../sql/tokens.ts'
import { operandOf } from './operand.ts'
import { isSymbol, splitAt, treeOf, wordOf } from './token-tree.ts'

/** The setting that a body returns and nothing else, as `current_tenant()` does; null for other bodies. */
export function returnedSetting(statements: readonly (readonly Token[])[]): string | null {
  if (statements.length > MOST_STATEMENTS) return null
  const [only, ...others] = statements.filter(
    (statement) => !statement.every((token) => BRACKETS.has(wordOf(token))),
  )
  if (!only || others.length > 0 || !RETURNS.has(wordOf(only[0]))) return null
  const operand = operandOf(
    splitAt(treeOf(only.slice(1)), (node) => wordOf(node) === 'as')[0] ?? [],
  )
  return operand?.to === 'setting' ? operand.name : null
}

// `declare`, `begin`, what it returns, `end`.
const MOST_STATEMENTS = 5
const BRACKETS = new Set(['begin', 'atomic', 'end', 'declare'])
const RETURNS = new Set(['select', 'return'])

/** The variables that hold a setting wherever they hold something, by their names. */
export function settingVariables(
  statements: readonly (readonly Token[])[],
): ReadonlyMap<string, string> {
  const found = new Map<string, string | undefined>()
  for (const { name, setting } of statements.flatMap(assignmentIn)) {
    found.set(name, !found.has(name) || found.get(name) === setting ? setting : undefined)
  }
  return new Map(
    [...found].flatMap(([name, setting]) =>
      setting === undefined || statements.some((tokens) => isFilledOtherwise(name, tokens))
        ? []
        : [[name, setting]],
    ),
  )
}

interface Assignment {
  readonly name: string
  readonly setting: string | undefined
}

// `declare tenant uuid := …`, `tenant = …`
function assignmentIn(statement: readonly Token[]): Assignment[] {
  const start = statement.findLastIndex((token) => OPENS.has(wordOf(token))) + 1
  const words = statement.slice(start)
  const at = words.findIndex(
    (token, i) =>
      isSymbol(token, ':=') || wordOf(token) === 'default' || (i === 1 && isSymbol(token, '=')),
  )
  const name = wordOf(words[0])
  if (at < 1 || name === '') return []
  const operand = operandOf(treeOf(words.slice(at + 1)))
  return [{ name, setting: operand?.to === 'setting' ? operand.name : undefined }]
}

const OPENS = new Set(['declare', 'begin', 'then', 'else', 'loop'])

function isFilledOtherwise(name: string, tokens: readonly Token[]): boolean {
  return tokens.some((token, i) => {
    if (wordOf(token) === 'for') return wordOf(tokens[i + 1]) === name
    if (wordOf(token) !== 'into') return false
    const targets = tokens.slice(i + 1, i + 20)
    const end = targets.findIndex((target) => isSymbol(target, ';') || wordOf(target) === 'from')
    return targets.slice(0, end === -1 ? undefined : end).some((target) => wordOf(target) === name)
  })
}

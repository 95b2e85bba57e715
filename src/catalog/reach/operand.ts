import type { NameToken } from '../../sql/tokens.ts'
import type { Equality } from './body-facts.ts'
import { isSymbol, type Node, splitAt, wordOf } from './token-tree.ts'

/** Something that a column has to equal, or a column. */
export interface Operand {
  readonly to: Equality['to']
  /** Of the setting, the function, the column. */
  readonly name: string
  /** The table or its alias before a column; undefined without one. */
  readonly of?: string | undefined
}

/**
 * Reads what stands on one side of `=`: a column, a column of OLD or NEW, `current_setting('…')`, a call.
 * Casts, parentheses, `(select …)` and `nullif(…, '')` say the same.
 *
 * @returns undefined for anything else
 */
export function operandOf(nodes: readonly Node[]): Operand | undefined {
  const [first, second, ...rest] = withoutCasts(nodes)
  if (first?.kind === 'group' && !second) return ofGroup(first.nodes)
  if (first?.kind !== 'name' || rest.length > 0) return undefined
  if (!second) return ofName(first)
  return second.kind === 'group' ? ofCall(first, second.nodes) : undefined
}

function ofGroup(nodes: readonly Node[]): Operand | undefined {
  if (wordOf(nodes[0]) !== 'select') return operandOf(nodes)
  // PostgreSQL names what is selected: `AS uuid`.
  return operandOf(before('as', nodes.slice(1)))
}

function before(word: string, nodes: readonly Node[]): readonly Node[] {
  return splitAt(nodes, (node) => wordOf(node) === word)[0] ?? []
}

function ofName({ parts }: NameToken): Operand {
  const name = parts.at(-1) ?? ''
  const of = parts.at(-2)
  if (parts.length === 2 && (of === 'old' || of === 'new')) return { to: 'row', name }
  return { to: 'column', name, of }
}

function ofCall({ parts }: NameToken, nodes: readonly Node[]): Operand | undefined {
  const name = parts.at(-1) ?? ''
  const [first = []] = splitAt(nodes, (node) => isSymbol(node, ','))
  if (name === 'nullif') return operandOf(first)
  if (name === 'cast') return operandOf(before('as', nodes))
  if (name !== 'current_setting') return nodes.length === 0 ? { to: 'call', name } : undefined
  const [setting] = first
  return setting?.kind === 'string'
    ? { to: 'setting', name: setting.text.toLowerCase() }
    : undefined
}

/** `x::uuid`, `x::varchar(36)` */
function withoutCasts(nodes: readonly Node[]): readonly Node[] {
  const at = nodes.findIndex((node) => isSymbol(node, '::'))
  if (at === -1) return nodes
  const type = nodes.slice(at + 1)
  const isType = type.every(
    (node, i) => (i % 2 === 0 ? node.kind === 'name' : isSymbol(node, '::')) || isLength(node),
  )
  return isType ? nodes.slice(0, at) : []
}

function isLength(node: Node): boolean {
  return node.kind === 'group' && node.nodes.length === 1 && node.nodes[0]?.kind === 'symbol'
}

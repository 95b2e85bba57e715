import type { Token } from '../../sql/tokens.ts'

/** A token, or all that stands between two parentheses. */
export type Node = Token | Group

export interface Group {
  readonly kind: 'group'
  readonly nodes: readonly Node[]
}

/** Parentheses that nothing closes end with the text. */
export function treeOf(tokens: readonly Token[]): Node[] {
  const root: Node[] = []
  const open: Node[][] = [root]
  for (const token of tokens) {
    const level = open.at(-1) ?? root
    if (isSymbol(token, '(')) {
      const nodes: Node[] = []
      level.push({ kind: 'group', nodes })
      open.push(nodes)
    } else if (isSymbol(token, ')')) {
      if (open.length > 1) open.pop()
    } else level.push(token)
  }
  return root
}

/** The nodes themselves, and those of each group in them. */
export function levelsOf(nodes: readonly Node[]): (readonly Node[])[] {
  const levels: (readonly Node[])[] = [nodes]
  for (const level of levels) {
    for (const node of level) if (node.kind === 'group') levels.push(node.nodes)
  }
  return levels
}

export function wordOf(node: Node | undefined): string {
  return node?.kind === 'name' ? node.word : ''
}

export function isSymbol(node: Node | undefined, text: string): boolean {
  return node?.kind === 'symbol' && node.text === text
}

/** At every node that `separates`. */
export function splitAt(
  nodes: readonly Node[],
  separates: (node: Node) => boolean,
): (readonly Node[])[] {
  const parts: Node[][] = [[]]
  for (const node of nodes) {
    if (separates(node)) parts.push([])
    else parts.at(-1)?.push(node)
  }
  return parts
}

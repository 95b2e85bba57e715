import { type Node, wordOf } from './token-tree.ts'

/** The condition after WHERE or ON. */
export interface Clause {
  readonly nodes: readonly Node[]
  /** Of the ON of a left join: the table on its right, the only one whose rows it chooses. */
  readonly nullable?: string | undefined
  /** The columns of `join … using (…)`. */
  readonly using: readonly string[]
}

const ENDS = new Set([
  'as',
  'cross',
  'do',
  'except',
  'fetch',
  'for',
  'from',
  'full',
  'group',
  'having',
  'inner',
  'intersect',
  'into',
  'join',
  'left',
  'limit',
  'loop',
  'natural',
  'offset',
  'on',
  'order',
  'returning',
  'right',
  'select',
  'set',
  'then',
  'union',
  'using',
  'values',
  'when',
  'where',
  'window',
])

/** The conditions on one level of a statement: those of sub-selects are on levels of their own. */
export function clausesOf(nodes: readonly Node[]): Clause[] {
  return nodes.flatMap((node, i): Clause[] => {
    switch (wordOf(node)) {
      case 'where':
        // `count(*) filter (where …)` chooses no rows.
        if (i === 0) return []
        return [{ nodes: conditionAfter(nodes, i), using: [] }]
      case 'on':
        return ofOn(nodes, i)
      case 'using':
        return ofUsing(nodes, i)
      default:
        return []
    }
  })
}

function ofOn(nodes: readonly Node[], at: number): Clause[] {
  const join = joinBefore(nodes, at)
  const isBinding = join ? !join.isOuter : isMerge(nodes)
  return isBinding ? [{ nodes: conditionAfter(nodes, at), nullable: join?.table, using: [] }] : []
}

function ofUsing(nodes: readonly Node[], at: number): Clause[] {
  const join = joinBefore(nodes, at)
  const columns = nodes[at + 1]
  if (!join || join.isOuter || columns?.kind !== 'group') return []
  return [{ nodes: [], nullable: join.table, using: namesIn(columns.nodes) }]
}

function conditionAfter(nodes: readonly Node[], at: number): readonly Node[] {
  const end = nodes.findIndex((node, i) => i > at && ENDS.has(wordOf(node)))
  return nodes.slice(at + 1, end === -1 ? undefined : end)
}

interface Join {
  /** Rows come that do not meet its condition. */
  readonly isOuter: boolean
  /** Of a left join the alias of the table on its right. */
  readonly table: string | undefined
}

function joinBefore(nodes: readonly Node[], at: number): Join | undefined {
  const start = nodes.findLastIndex((node, i) => i < at && wordOf(node) === 'join')
  if (start === -1) return undefined
  const between = nodes.slice(start + 1, at)
  if (between.some((node) => ENDS.has(wordOf(node)) && wordOf(node) !== 'as')) return undefined
  const before = [wordOf(nodes[start - 1]), wordOf(nodes[start - 2])]
  const [kind] = before.filter((word) => word !== 'outer')
  return {
    isOuter: kind === 'right' || kind === 'full',
    table: kind === 'left' ? aliasIn(between) : undefined,
  }
}

// `tasks t`, `public.tasks`, `lateral (…) t`
function aliasIn(nodes: readonly Node[]): string {
  const last = nodes.findLast((node) => node.kind === 'name')
  return last?.kind === 'name' ? (last.parts.at(-1) ?? '') : ''
}

function namesIn(nodes: readonly Node[]): string[] {
  return nodes.flatMap((node) => (node.kind === 'name' ? (node.parts.at(-1) ?? []) : []))
}

function isMerge(nodes: readonly Node[]): boolean {
  return nodes.some((node) => wordOf(node) === 'merge')
}

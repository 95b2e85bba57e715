import { type OperationNode, type RootOperationNode, TableNode, type WithNode } from 'kysely'
import {
  hiddenBy,
  isNode,
  type Names,
  NO_NAMES,
  READS_NOTHING,
  type Relation,
  tableOf,
  targetOf,
  withClause,
} from './query-tree.ts'

/**
 * The tables a query reads or writes, wherever they stand in it. The names of its common table
 * expressions are not among them. Raw SQL shows only what was put in with `sql.table`.
 */
export function relationsOf(query: RootOperationNode): Relation[] {
  const found: Relation[] = []
  visit(query, NO_NAMES, found)
  return found
}

function visit(node: OperationNode, hidden: Names, found: Relation[]): void {
  if (READS_NOTHING.has(node.kind)) return
  if (TableNode.is(node)) {
    const relation = tableOf(node, hidden)
    if (relation) found.push(relation)
    return
  }
  const clause = withClause(node)
  const inside = clause ? visitWith(clause, hidden, found) : hidden
  const target = targetOf(node)
  for (const child of childrenOf(node)) {
    if (child !== clause) visit(child, child === target ? NO_NAMES : inside, found)
  }
}

function childrenOf(node: OperationNode): OperationNode[] {
  const children = Object.values(node).flat().filter(isNode)
  return node.kind === 'SelectModifierNode'
    ? children.filter((child) => !TableNode.is(child))
    : children
}

function visitWith(clause: WithNode, hidden: Names, found: Relation[]): Names {
  const { within, behind } = hiddenBy(clause, hidden)
  for (const [index, { expression }] of clause.expressions.entries()) {
    visit(expression, within[index] ?? hidden, found)
  }
  return behind
}

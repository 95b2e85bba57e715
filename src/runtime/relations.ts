import {
  CommonTableExpressionNode,
  type OperationNode,
  type RootOperationNode,
  TableNode,
  WithNode,
} from 'kysely'

/** A table as a query names it. */
export interface Relation {
  readonly schema: string | undefined
  readonly name: string
}

/**
 * The tables a query reads or writes, wherever they stand in it. The names of its common table
 * expressions are not among them. Raw SQL shows only what was put in with `sql.table`.
 */
export function relationsOf(query: RootOperationNode): Relation[] {
  const found: Relation[] = []
  visit(query, NO_NAMES, found)
  return found
}

type Names = ReadonlySet<string>

const NO_NAMES: Names = new Set()

// A column's table and the tables of `for update of` name relations that stand elsewhere already.
const NAMES_ONLY = new Set(['ReferenceNode', 'ColumnNode', 'ValueNode', 'IdentifierNode'])

function visit(node: OperationNode, hidden: Names, found: Relation[]): void {
  if (NAMES_ONLY.has(node.kind)) return
  if (TableNode.is(node)) {
    const relation = relationOf(node)
    if (relation && (relation.schema !== undefined || !hidden.has(relation.name))) {
      found.push(relation)
    }
    return
  }
  const clause = withClause(node)
  const inside = clause ? visitWith(clause, hidden, found) : hidden
  for (const child of childrenOf(node)) if (child !== clause) visit(child, inside, found)
}

function withClause(node: OperationNode): WithNode | undefined {
  const clause = 'with' in node ? node.with : undefined
  return isNode(clause) && WithNode.is(clause) ? clause : undefined
}

function childrenOf(node: OperationNode): OperationNode[] {
  const children = Object.values(node).flat().filter(isNode)
  return node.kind === 'SelectModifierNode'
    ? children.filter((child) => !TableNode.is(child))
    : children
}

/** Each name hides a table from where it is declared on; with RECURSIVE, in all of the clause. */
function visitWith({ expressions, recursive }: WithNode, hidden: Names, found: Relation[]): Names {
  const inside = new Set(hidden)
  const names = expressions.map((expression) => relationOf(expression.name.table)?.name ?? '')
  if (recursive) for (const name of names) inside.add(name)

  for (const [index, expression] of expressions.entries()) {
    if (CommonTableExpressionNode.is(expression)) visit(expression.expression, inside, found)
    inside.add(names[index] ?? '')
  }
  return inside
}

// Under `withSchema`, Kysely before 0.29.9 makes table nodes without an identifier of some arguments.
function relationOf({ table }: TableNode): Relation | undefined {
  if (!('identifier' in table)) return undefined
  return { schema: table.schema?.name, name: table.identifier.name }
}

function isNode(value: unknown): value is OperationNode {
  return typeof value === 'object' && value !== null && 'kind' in value
}

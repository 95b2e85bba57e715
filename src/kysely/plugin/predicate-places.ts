import { isDeepStrictEqual } from 'node:util'
import {
  AndNode,
  BinaryOperationNode,
  type DeleteQueryNode,
  type JoinNode,
  type MergeQueryNode,
  OnNode,
  type OperationNode,
  OperatorNode,
  ParensNode,
  type SelectQueryNode,
  UnaryOperationNode,
  type UpdateQueryNode,
  ValueNode,
  WhereNode,
} from 'kysely'

export function restrictedMerge(merge: MergeQueryNode, term: Term): MergeQueryNode {
  const { into, using } = merge
  return using ? { ...merge, using: restricted(using, [into, using.table], term) } : merge
}

/** The predicate of a table; undefined: it needs none. */
export type Term = (table: OperationNode) => OperationNode | undefined
type Level = SelectQueryNode | UpdateQueryNode | DeleteQueryNode

/**
 * The predicates of a statement, each where it cannot change the result: in its `where`, or in the `on`
 * of the join.
 *
 * @param targets what is written: it is never on the outer side of a join
 */
export function filtered<Node extends Level>(
  node: Node,
  targets: readonly OperationNode[],
  froms: readonly OperationNode[],
  term: Term,
): Node {
  const { joins = [] } = node
  // In `a right join b` it is `a` that becomes NULL, and so does all that was joined before.
  const lastOuter = joins.findLastIndex(({ joinType }) => OUTER.has(joinType))
  const where = [...targets, ...(lastOuter === -1 ? froms : [])]
  const restrictedJoins = joins.map((join, index) => {
    if (join.on && FILTERED_BY_ON.has(join.joinType)) return restricted(join, [join.table], term)
    const isKept = join.joinType === 'CrossJoin' || join.joinType === 'RightJoin'
    if (isKept && index >= lastOuter) where.push(join.table)
    return join
  })
  const terms = where.flatMap((table) => term(table) ?? [])
  return {
    ...node,
    ...(node.joins && { joins: restrictedJoins }),
    ...(terms.length > 0 && { where: WhereNode.create(all(node.where?.where, terms)) }),
  }
}

const OUTER: ReadonlySet<string> = new Set(['RightJoin', 'FullJoin'])
const FILTERED_BY_ON: ReadonlySet<string> = new Set([
  'InnerJoin',
  'LeftJoin',
  'LateralInnerJoin',
  'LateralLeftJoin',
])

function restricted(join: JoinNode, tables: readonly OperationNode[], term: Term): JoinNode {
  const terms = tables.flatMap((table) => term(table) ?? [])
  return terms.length === 0 ? join : { ...join, on: OnNode.create(all(join.on?.on, terms)) }
}

/** Raw SQL may hold an `or` at any place of a condition, which goes in parentheses then. */
function all(first: OperationNode | undefined, terms: readonly OperationNode[]): OperationNode {
  const own = first && (binds(first) ? first : ParensNode.create(first))
  const known = own ? conjuncts(own) : []
  // A subquery that was made with the same plugin has its predicate already.
  const added = terms.filter((term) => !known.some((other) => isSame(other, term)))
  return [...(own ? [own] : []), ...added].reduce((left, right) => AndNode.create(left, right))
}

/** Does the condition hold together in front of an `and`? */
function binds(node: OperationNode): boolean {
  if (AndNode.is(node)) return binds(node.left) && binds(node.right)
  if (BinaryOperationNode.is(node)) {
    return binds(node.leftOperand) && OperatorNode.is(node.operator) && binds(node.rightOperand)
  }
  if (UnaryOperationNode.is(node)) return binds(node.operand)
  return BINDING.has(node.kind)
}

const BINDING: ReadonlySet<string> = new Set([
  'ParensNode',
  'ReferenceNode',
  'ColumnNode',
  'ValueNode',
  'ValueListNode',
  'PrimitiveValueListNode',
  'SelectQueryNode',
  'FunctionNode',
  'TupleNode',
])

function isSame(a: OperationNode, b: OperationNode): boolean {
  return a.kind === b.kind && valueIn(a) === valueIn(b) && isDeepStrictEqual(a, b)
}

/**
 * The operand of a comparison: it tells nearly every condition apart, for a fraction of the time.
 */
function valueIn(node: OperationNode): unknown {
  const { rightOperand } = node as Partial<BinaryOperationNode>
  return rightOperand && ValueNode.is(rightOperand) ? rightOperand.value : undefined
}

function conjuncts(node: OperationNode): OperationNode[] {
  return AndNode.is(node) ? [...conjuncts(node.left), ...conjuncts(node.right)] : [node]
}

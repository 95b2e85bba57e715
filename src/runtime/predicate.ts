import { isDeepStrictEqual } from 'node:util'
import {
  AliasNode,
  AndNode,
  BinaryOperationNode,
  ColumnNode,
  type DeleteQueryNode,
  IdentifierNode,
  type JoinNode,
  type MergeQueryNode,
  OnNode,
  type OperationNode,
  OperatorNode,
  OrNode,
  ParensNode,
  RawNode,
  ReferenceNode,
  type SelectQueryNode,
  TableNode,
  type UpdateQueryNode,
  ValueNode,
  WhereNode,
  type WithNode,
} from 'kysely'
import {
  hiddenBy,
  isNode,
  type Names,
  NO_NAMES,
  READS_NOTHING,
  type Relation,
  relationOf,
  withClause,
} from './query-tree.ts'

export interface TenantColumn {
  readonly column: string
  /** Rows with NULL there are everybody's. */
  readonly shared: boolean
}

/** The tenant column of a table; undefined: it is no tenant table. */
export type TenantColumnOf = (relation: Relation) => TenantColumn | undefined

/**
 * Adds `column = tenant` for every reference to a tenant table, wherever it stands in the query. Row
 * security shows only rows of which this is true, so the result stays the same: the predicate tells
 * the planner, before it plans, which tenant it will be.
 *
 * A table whose columns become NULL in a right or full join gets none.
 */
export function withPredicate<Node extends OperationNode>(
  query: Node,
  tenant: string,
  columnOf: TenantColumnOf,
): Node {
  return new Predicate(tenant, columnOf).inside(query, NO_NAMES)
}

class Predicate {
  readonly #tenant: string
  readonly #columnOf: TenantColumnOf

  constructor(tenant: string, columnOf: TenantColumnOf) {
    this.#tenant = tenant
    this.#columnOf = columnOf
  }

  inside<Node extends OperationNode>(node: Node, hidden: Names): Node {
    if (READS_NOTHING.has(node.kind)) return node
    const clause = withClause(node)
    const names = clause ? hiddenBy(clause, hidden).behind : hidden
    let copy: Node | undefined
    // On the way of every query: without the arrays of `Object.entries`.
    for (const key in node) {
      const value: unknown = node[key]
      if (typeof value !== 'object' || value === null) continue
      const now = value === clause ? this.#with(clause, hidden) : this.#value(value, names)
      if (now === value) continue
      copy ??= { ...node }
      copy[key] = now as Node[typeof key] // A node or nodes of the same kinds.
    }
    return this.#level(copy ?? node, names)
  }

  #value(value: object, hidden: Names): unknown {
    if (isNode(value)) return this.inside(value, hidden)
    if (!Array.isArray(value)) return value
    let copy: unknown[] | undefined
    for (const [index, item] of value.entries()) {
      const now = isNode(item) ? this.inside(item, hidden) : item
      if (now === item) continue
      copy ??= [...value]
      copy[index] = now
    }
    return copy ?? value
  }

  #with(clause: WithNode, hidden: Names): WithNode {
    const { within } = hiddenBy(clause, hidden)
    const expressions = clause.expressions.map((each, index) => ({
      ...each,
      expression: this.inside(each.expression, within[index] ?? hidden),
    }))
    return { ...clause, expressions }
  }

  #level<Node extends OperationNode>(node: Node, hidden: Names): Node
  #level(node: OperationNode, hidden: Names): OperationNode {
    const term = (table: OperationNode) => this.#term(table, hidden)
    switch (node.kind) {
      case 'SelectQueryNode': {
        const select = node as SelectQueryNode
        return filtered(select, [], select.from?.froms ?? [], term)
      }
      case 'UpdateQueryNode': {
        const update = node as UpdateQueryNode
        return filtered(update, update.table ? [update.table] : [], update.from?.froms ?? [], term)
      }
      case 'DeleteQueryNode': {
        const remove = node as DeleteQueryNode
        return filtered(remove, remove.from.froms, remove.using?.tables ?? [], term)
      }
      case 'MergeQueryNode':
        return restrictedMerge(node as MergeQueryNode, term)
      default:
        return node
    }
  }

  #term(table: OperationNode, hidden: Names): OperationNode | undefined {
    const alias = AliasNode.is(table) ? table.alias : undefined
    const source = AliasNode.is(table) ? table.node : table
    const relation = TableNode.is(source) ? relationOf(source) : undefined
    if (!relation || (relation.schema === undefined && hidden.has(relation.name))) return undefined
    const found = this.#columnOf(relation)
    if (!found) return undefined
    if (alias && !IdentifierNode.is(alias)) return undefined
    const name = alias ? TableNode.create(alias.name) : (source as TableNode)
    return equality(
      ReferenceNode.create(ColumnNode.create(found.column), name),
      this.#tenant,
      found,
    )
  }
}

function restrictedMerge(merge: MergeQueryNode, term: Term): MergeQueryNode {
  const { into, using } = merge
  return using ? { ...merge, using: restricted(using, [into, using.table], term) } : merge
}

type Term = (table: OperationNode) => OperationNode | undefined
type Level = SelectQueryNode | UpdateQueryNode | DeleteQueryNode

/** @param targets what is written: it is never on the outer side of a join */
function filtered<Node extends Level>(
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
  ...['InnerJoin', 'LeftJoin', 'LateralInnerJoin', 'LateralLeftJoin'],
])

function restricted(join: JoinNode, tables: readonly OperationNode[], term: Term): JoinNode {
  const terms = tables.flatMap((table) => term(table) ?? [])
  return terms.length === 0 ? join : { ...join, on: OnNode.create(all(join.on?.on, terms)) }
}

/** Raw SQL goes in parentheses: nobody knows whether it has an `or`. */
function all(first: OperationNode | undefined, terms: readonly OperationNode[]): OperationNode {
  const own = first && (RawNode.is(first) ? ParensNode.create(first) : first)
  const known = own ? conjuncts(own) : []
  // A subquery that was made with the same plugin has its predicate already.
  const added = terms.filter((term) => !known.some((other) => isDeepStrictEqual(other, term)))
  return [...(own ? [own] : []), ...added].reduce((left, right) => AndNode.create(left, right))
}

function conjuncts(node: OperationNode): OperationNode[] {
  return AndNode.is(node) ? [...conjuncts(node.left), ...conjuncts(node.right)] : [node]
}

function equality(
  reference: ReferenceNode,
  tenant: string,
  { shared }: TenantColumn,
): OperationNode {
  const equals = BinaryOperationNode.create(
    reference,
    OperatorNode.create('='),
    ValueNode.create(tenant),
  )
  if (!shared) return equals
  const nobody = ValueNode.createImmediate(null)
  const isShared = BinaryOperationNode.create(reference, OperatorNode.create('is'), nobody)
  return ParensNode.create(OrNode.create(equals, isShared))
}

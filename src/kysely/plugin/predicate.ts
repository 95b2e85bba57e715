import {
  AliasNode,
  BinaryOperationNode,
  ColumnNode,
  type DeleteQueryNode,
  IdentifierNode,
  type MergeQueryNode,
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
  type WithNode,
} from 'kysely'
import { firstKeyword } from '../../runtime/statement-text.ts'
import { filtered, restrictedMerge, type Term } from './predicate-places.ts'
import {
  hiddenBy,
  isNode,
  isTarget,
  type Names,
  NO_NAMES,
  READS_NOTHING,
  type Relation,
  tableOf,
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
  return isQuery(query) ? new Predicate(tenant, columnOf).inside(query, NO_NAMES) : query
}

const QUERIES: ReadonlySet<string> = new Set([
  'SelectQueryNode',
  'InsertQueryNode',
  'UpdateQueryNode',
  'DeleteQueryNode',
  'MergeQueryNode',
])
const DEFINITIONS: ReadonlySet<string | undefined> = new Set(['CREATE', 'ALTER', 'PREPARE', 'DO'])

/** A view, a trigger or a rule outlives the scope: it belongs to every tenant. */
function isQuery(node: OperationNode): boolean {
  if (!RawNode.is(node)) return QUERIES.has(node.kind)
  return !DEFINITIONS.has(firstKeyword(node.sqlFragments[0] ?? ''))
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
    const term: Term = (table) => this.#term(table, isTarget(node, table) ? NO_NAMES : hidden)
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
    const relation = TableNode.is(source) ? tableOf(source, hidden) : undefined
    const found = relation && this.#columnOf(relation)
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
  const noTenant = ValueNode.createImmediate(null)
  const isShared = BinaryOperationNode.create(reference, OperatorNode.create('is'), noTenant)
  return ParensNode.create(OrNode.create(equals, isShared))
}

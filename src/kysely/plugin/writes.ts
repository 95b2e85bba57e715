import {
  InsertQueryNode,
  MergeQueryNode,
  type OperationNode,
  TableNode,
  UpdateQueryNode,
} from 'kysely'
import { type Relation, targetOf, withClause } from './query-tree.ts'

/** An insert or an update in a query, and the table that it writes. */
export interface Write {
  readonly node: InsertQueryNode | UpdateQueryNode
  readonly table: Relation | undefined
}

const NONE: readonly Write[] = []

/** The writes of a query: its own, those of its common table expressions, and those of a MERGE. */
export function writesOf(query: OperationNode): readonly Write[] {
  const clause = withClause(query)
  const own = ownWrites(query)
  return clause ? [...clause.expressions.flatMap((cte) => ownWrites(cte.expression)), ...own] : own
}

function ownWrites(query: OperationNode): readonly Write[] {
  if (isWrite(query)) return [{ node: query, table: tableOf(targetOf(query)) }]
  if (!MergeQueryNode.is(query)) return NONE
  const table = tableOf(query.into)
  const results = query.whens?.map(({ result }) => result) ?? []
  return results.flatMap((node) => (node && isWrite(node) ? [{ node, table }] : []))
}

function isWrite(node: OperationNode): node is InsertQueryNode | UpdateQueryNode {
  return InsertQueryNode.is(node) || UpdateQueryNode.is(node)
}

/** Of the table alone, or under another name. */
function tableOf(target: OperationNode | undefined): Relation | undefined {
  const node = target && 'node' in target ? (target.node as OperationNode) : target
  if (!node || !TableNode.is(node)) return undefined
  const { schema, identifier } = node.table
  return { schema: schema?.name, name: identifier.name }
}

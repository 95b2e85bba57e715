import {
  DeleteQueryNode,
  FromNode,
  InsertQueryNode,
  MergeQueryNode,
  type OperationNode,
  type TableNode,
  UpdateQueryNode,
  WithNode,
} from 'kysely'

/** A table as a query names it. */
export interface Relation {
  readonly schema: string | undefined
  readonly name: string
}

/** Names of common table expressions: in their reach they hide the tables of the same name. */
export type Names = ReadonlySet<string>

export const NO_NAMES: Names = new Set()

/** They name what stands elsewhere, or hold values of the user, who may have written anything. */
export const READS_NOTHING: ReadonlySet<string> = new Set([
  'ReferenceNode',
  'ColumnNode',
  'IdentifierNode',
  'ValueNode',
  'PrimitiveValueListNode',
])

export function isNode(value: unknown): value is OperationNode {
  return typeof value === 'object' && value !== null && 'kind' in value
}

// Under `withSchema`, Kysely before 0.29.9 makes table nodes without an identifier of some arguments.
function relationOf({ table }: TableNode): Relation | undefined {
  if (!('identifier' in table)) return undefined
  return { schema: table.schema?.name, name: table.identifier.name }
}

/** Undefined too for the name of a common table expression, which is no table. */
export function tableOf(node: TableNode, hidden: Names): Relation | undefined {
  const relation = relationOf(node)
  if (!relation || (relation.schema === undefined && hidden.has(relation.name))) return undefined
  return relation
}

/**
 * The part of a statement that names the table it writes: always a table, though a common table
 * expression may have its name.
 */
export function targetOf(node: OperationNode): OperationNode | undefined {
  if (UpdateQueryNode.is(node)) return node.table
  if (DeleteQueryNode.is(node)) return node.from
  return InsertQueryNode.is(node) || MergeQueryNode.is(node) ? node.into : undefined
}

/** Is this table the one that the statement writes? */
export function isTarget(node: OperationNode, table: OperationNode): boolean {
  const target = targetOf(node)
  return target === table || (target && FromNode.is(target) ? target.froms.includes(table) : false)
}

export function withClause(node: OperationNode): WithNode | undefined {
  const clause = 'with' in node ? node.with : undefined
  return isNode(clause) && WithNode.is(clause) ? clause : undefined
}

/**
 * The names that are hidden in each expression of a WITH, and in the statement behind it. A name
 * hides a table from where it is declared on; with RECURSIVE, in all of the clause.
 * https://www.postgresql.org/docs/current/sql-select.html#SQL-WITH
 */
export function hiddenBy(
  { expressions, recursive }: WithNode,
  hidden: Names,
): { readonly within: readonly Names[]; readonly behind: Names } {
  const names = expressions.map(({ name }) => relationOf(name.table)?.name ?? '')
  const behind = new Set([...hidden, ...names])
  const within = names.map((_, index) =>
    recursive ? behind : new Set([...hidden, ...names.slice(0, index)]),
  )
  return { within, behind }
}

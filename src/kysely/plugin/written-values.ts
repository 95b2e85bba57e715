import {
  ColumnNode,
  type ColumnUpdateNode,
  InsertQueryNode,
  type OperationNode,
  PrimitiveValueListNode,
  ReferenceNode,
  type RootOperationNode,
  TableNode,
  UpdateQueryNode,
  ValueNode,
  ValuesNode,
} from 'kysely'

/** The column of a table that is looked at; undefined: none. */
export type ColumnOf = (schema: string | undefined, table: string) => string | undefined

const NONE: readonly unknown[] = []

/**
 * The literals that `values(…)`, `set(…)` and `doUpdateSet(…)` write into one column of their table.
 * Expressions are not looked into.
 */
export function writtenValues(query: RootOperationNode, columnOf: ColumnOf): readonly unknown[] {
  const isInsert = InsertQueryNode.is(query)
  const target = isInsert ? query.into : UpdateQueryNode.is(query) ? query.table : undefined
  const column = target && columnOfTarget(target, columnOf)
  if (column === undefined) return NONE
  if (!isInsert) return updated((query as UpdateQueryNode).updates, column)
  const values = inserted(query, column)
  return query.onConflict ? [...values, ...updated(query.onConflict.updates, column)] : values
}

function inserted({ columns, values }: InsertQueryNode, name: string): readonly unknown[] {
  const index = columns?.findIndex(({ column }) => column.name === name) ?? -1
  if (index === -1 || !values || !ValuesNode.is(values)) return NONE
  const written: unknown[] = []
  for (const row of values.values) {
    if (PrimitiveValueListNode.is(row)) written.push(row.values[index])
    else pushLiteral(written, row.values[index])
  }
  return written
}

function updated(updates: readonly ColumnUpdateNode[] = [], name: string): readonly unknown[] {
  const written: unknown[] = []
  for (const { column, value } of updates) {
    if (columnName(column) === name) pushLiteral(written, value)
  }
  return written
}

function pushLiteral(written: unknown[], node: OperationNode | undefined): void {
  if (node && ValueNode.is(node)) written.push(node.value)
}

function columnName(node: OperationNode): string | undefined {
  if (ColumnNode.is(node)) return node.column.name
  if (ReferenceNode.is(node) && ColumnNode.is(node.column)) return node.column.column.name
  return undefined
}

function columnOfTarget(target: OperationNode, columnOf: ColumnOf): string | undefined {
  const node = 'node' in target ? (target.node as OperationNode) : target
  if (!TableNode.is(node)) return undefined
  const { schema, identifier } = node.table
  return columnOf(schema?.name, identifier.name)
}

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

/** A literal that a query writes into a column. */
export interface WrittenValue {
  readonly schema: string | undefined
  readonly table: string
  readonly column: string
  readonly value: unknown
}

/** The literals in `values(…)`, `set(…)` and `doUpdateSet(…)`. Expressions are not looked into. */
export function writtenValues(query: RootOperationNode): WrittenValue[] {
  if (InsertQueryNode.is(query) && query.into) {
    return at(query.into, [...inserted(query), ...updated(query.onConflict?.updates)])
  }
  if (UpdateQueryNode.is(query) && query.table) return at(query.table, updated(query.updates))
  return []
}

type Cell = Pick<WrittenValue, 'column' | 'value'>

function inserted({ columns = [], values }: InsertQueryNode): Cell[] {
  if (!values || !ValuesNode.is(values)) return []
  return values.values.flatMap((row) => {
    const cells: readonly unknown[] = row.values
    const isPlain = PrimitiveValueListNode.is(row)
    return columns.flatMap(({ column }, index) => {
      const cell = isPlain ? { value: cells[index] } : literal(cells[index] as OperationNode)
      return cell ? [{ column: column.name, value: cell.value }] : []
    })
  })
}

function updated(updates: readonly ColumnUpdateNode[] = []): Cell[] {
  return updates.flatMap(({ column, value }) => {
    const name = columnName(column)
    const cell = literal(value)
    return name !== undefined && cell ? [{ column: name, value: cell.value }] : []
  })
}

function literal(node: OperationNode | undefined): { value: unknown } | undefined {
  return node && ValueNode.is(node) ? { value: node.value } : undefined
}

function columnName(node: OperationNode): string | undefined {
  if (ColumnNode.is(node)) return node.column.name
  if (ReferenceNode.is(node) && ColumnNode.is(node.column)) return node.column.column.name
  return undefined
}

function at(target: OperationNode, cells: Cell[]): WrittenValue[] {
  const node = 'node' in target ? (target.node as OperationNode) : target
  if (!TableNode.is(node)) return []
  const { schema, identifier } = node.table
  return cells.map((cell) => ({ ...cell, schema: schema?.name, table: identifier.name }))
}

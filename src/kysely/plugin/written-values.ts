import {
  ColumnNode,
  type ColumnUpdateNode,
  InsertQueryNode,
  type OperationNode,
  PrimitiveValueListNode,
  ReferenceNode,
  type RootOperationNode,
  ValueNode,
  ValuesNode,
} from 'kysely'
import type { FindTable } from '../../runtime/named-tables.ts'
import { type Write, writesOf } from './writes.ts'

const NONE: readonly unknown[] = []

/**
 * The literals that `values(…)`, `set(…)` and `doUpdateSet(…)` write into the tenant column of their
 * table. Expressions are not looked into.
 */
export function writtenValues(query: RootOperationNode, find: FindTable): readonly unknown[] {
  const writes = writesOf(query)
  return writes.length === 0 ? NONE : writes.flatMap((write) => valuesOf(write, find))
}

function valuesOf({ node, table }: Write, find: FindTable): readonly unknown[] {
  const column = table && find(table)?.column
  if (column === undefined) return NONE
  if (!InsertQueryNode.is(node)) return updated(node.updates, column)
  const values = inserted(node, column)
  return node.onConflict ? [...values, ...updated(node.onConflict.updates, column)] : values
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

import {
  DefaultInsertValueNode,
  InsertQueryNode,
  type RootOperationNode,
  ValueListNode,
  ValuesNode,
} from 'kysely'
import type { FindTable } from '../../runtime/named-tables.ts'
import { type Write, writesOf } from './writes.ts'

/**
 * The shared table that an insert of the admin writes without saying whose the row is. The default of the
 * column would be NULL there: a row that every tenant reads.
 */
export function unsaidTenant(query: RootOperationNode, find: FindTable): string | undefined {
  return writesOf(query).find((write) => isUnsaid(write, find))?.table?.name
}

function isUnsaid({ node, table }: Write, find: FindTable): boolean {
  if (!InsertQueryNode.is(node) || !table) return false
  const found = find(table)
  if (!found?.shared) return false
  const index = node.columns?.findIndex(({ column }) => column.name === found.column) ?? -1
  return index === -1 || hasDefault(node, index)
}

function hasDefault({ values }: InsertQueryNode, index: number): boolean {
  if (!values || !ValuesNode.is(values)) return false
  return values.values.some((row) => {
    const value = ValueListNode.is(row) ? row.values[index] : undefined
    return value !== undefined && DefaultInsertValueNode.is(value)
  })
}

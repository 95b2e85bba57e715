import {
  DefaultInsertValueNode,
  InsertQueryNode,
  type RootOperationNode,
  TableNode,
  ValueListNode,
  ValuesNode,
} from 'kysely'
import type { FindTable } from '../../runtime/named-tables.ts'

/**
 * The shared table that an insert of the admin writes without saying whose the row is. The default of the
 * column would be NULL there: a row that every tenant reads.
 */
export function unsaidTenant(query: RootOperationNode, find: FindTable): string | undefined {
  if (!InsertQueryNode.is(query) || !query.into || !TableNode.is(query.into)) return undefined
  const { schema, identifier } = query.into.table
  const table = find({ schema: schema?.name, name: identifier.name })
  if (!table?.shared) return undefined
  const index = query.columns?.findIndex(({ column }) => column.name === table.column) ?? -1
  return index === -1 || hasDefault(query, index) ? table.name : undefined
}

function hasDefault({ values }: InsertQueryNode, index: number): boolean {
  if (!values || !ValuesNode.is(values)) return false
  return values.values.some((row) => {
    const value = ValueListNode.is(row) ? row.values[index] : undefined
    return value !== undefined && DefaultInsertValueNode.is(value)
  })
}

import type { TableName, TableReference } from '../sql/table-name.ts'

/**
 * Tables in the order in which the config lists them, whatever state they are in. A table that it does not
 * list, such as a partition, stays behind the one before it.
 */
export function inConfigOrder<T extends TableName>(
  tables: readonly T[],
  listed: readonly TableReference[],
): T[] {
  let place = 0
  const places = new Map(
    tables.map((table) => {
      place = placeOf(table, listed) ?? place
      return [table, place]
    }),
  )
  return tables.toSorted((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0))
}

function placeOf(
  { schema, name }: TableName,
  listed: readonly TableReference[],
): number | undefined {
  const named = listed.findIndex((table) => table.name === name && table.schema === schema)
  if (named >= 0) return named
  const index = listed.findIndex((table) => table.name === name && table.schema === undefined)
  return index < 0 ? undefined : index
}

import type { RuntimeConfig, RuntimeTable } from './runtime-config.ts'

/** A table as a query names it. */
export interface TableName {
  readonly schema: string | undefined
  readonly name: string
}

/** The tenant table of that name; without a schema, in whatever schema it is. */
export type FindTable = (table: TableName) => RuntimeTable | undefined

export function namedTables({ tables }: RuntimeConfig): FindTable {
  const byName = new Map<string, RuntimeTable[]>()
  for (const table of tables) {
    byName.set(table.name, [...(byName.get(table.name) ?? []), table])
  }
  return ({ schema, name }) =>
    byName.get(name)?.find(({ schemas }) => schema === undefined || schemas.includes(schema))
}

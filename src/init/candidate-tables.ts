import type { Survey } from '../catalog/read-survey.ts'
import { isTable, type RelationState } from '../catalog/relation-state.ts'
import { qualifiedName } from '../sql/quote.ts'
import { formatTableName, parseTableName, type TableName } from '../sql/table-name.ts'
import { unlistedTables } from '../wanted/unlisted-tables.ts'

const NOTHING = { tables: [], withoutColumn: [], global: [], column: '' }

/** The tables to decide about, and how the config names them. */
export interface Candidates {
  readonly tables: readonly RelationState[]
  readonly byName: ReadonlyMap<string, RelationState>
  /** For `schemas` of the config: `public` first, then those with most tables. */
  readonly schemas: readonly string[]
}

/** Every table that no config mentions yet. */
export function candidateTables({ snapshot }: Survey): Candidates {
  const tables = unlistedTables(NOTHING, snapshot)
    .map(({ relation }) => relation)
    .filter(isTable)
  return {
    tables,
    byName: new Map(tables.map((table) => [qualifiedName(table), table])),
    schemas: schemasOf(tables),
  }
}

/** The table as the config writes it: without the schema where that is searched first. */
export function labelOf({ schema, name }: TableName, { schemas }: Candidates): string {
  return formatTableName({ schema: schema === schemas[0] ? undefined : schema, name })
}

/** Reads a name as a user means it: `tenants` is found in any schema, the first of `schemas` first. */
export function tableByLabel(
  label: string,
  { byName, schemas }: Candidates,
): RelationState | undefined {
  const reference = parseTableName(label)
  if (!reference) return undefined
  const { name } = reference
  const searched = reference.schema === undefined ? schemas : [reference.schema]
  return searched.flatMap((schema) => byName.get(qualifiedName({ schema, name })) ?? [])[0]
}

function schemasOf(tables: readonly TableName[]): string[] {
  const counts = new Map<string, number>()
  for (const { schema } of tables) counts.set(schema, (counts.get(schema) ?? 0) + 1)
  const rank = (schema: string) => (schema === 'public' ? Infinity : (counts.get(schema) ?? 0))
  return [...counts.keys()].toSorted((a, b) => rank(b) - rank(a) || (a < b ? -1 : 1))
}

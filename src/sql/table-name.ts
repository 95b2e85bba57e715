export interface TableName {
  readonly schema: string
  readonly name: string
}

export function isSameTable(a: TableName, b: TableName): boolean {
  return a.schema === b.schema && a.name === b.name
}

/** As the config writes it: without a schema, the first of `schemas` that has the table decides. */
export interface TableReference {
  readonly schema: string | undefined
  readonly name: string
}

const PART = '(?:"((?:[^"]|"")+)"|([^".]+))'
const REFERENCE = new RegExp(`^(?:${PART}\\.)?${PART}$`)

/**
 * Reads `projects`, `billing.invoices` or `billing."a.b"`. Case is kept as it is written, because the
 * config holds names and not SQL: `projectTasks` is the table that SQL writes as `"projectTasks"`.
 *
 * @returns undefined when the text is no table name
 */
export function parseTableName(text: string): TableReference | undefined {
  const match = REFERENCE.exec(text)
  if (!match) return undefined
  const [, quotedSchema, schema, quotedName, name] = match
  return {
    schema: quotedSchema?.replaceAll('""', '"') ?? schema,
    name: quotedName?.replaceAll('""', '"') ?? name ?? '',
  }
}

/** The way back: {@link parseTableName} reads the same names from it. */
export function formatTableName({ schema, name }: TableReference): string {
  return schema === undefined ? part(name) : `${part(schema)}.${part(name)}`
}

function part(name: string): string {
  return /[".]/.test(name) || name.trim() !== name ? `"${name.replaceAll('"', '""')}"` : name
}

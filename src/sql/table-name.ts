export interface TableName {
  readonly schema: string
  readonly name: string
}

export function isSameTable(a: TableName, b: TableName): boolean {
  return a.schema === b.schema && a.name === b.name
}

/** A name as the config writes it. Without a schema, it means the first of `schemas` that has the table. */
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
 * @returns undefined when the text is not a table name
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

/** The inverse of {@link parseTableName}. */
export function formatTableName({ schema, name }: TableReference): string {
  return schema === undefined ? part(name) : `${part(schema)}.${part(name)}`
}

function part(name: string): string {
  return /[".]/.test(name) || name.trim() !== name ? `"${name.replaceAll('"', '""')}"` : name
}

import { parseTableName, type TableReference } from '../sql/table-name.ts'
import type { ConfigTable, TableInput } from './config.ts'
import { type ConfigReader, isDictionary, isText } from './config-reader.ts'

const ACCESS = ['full', 'boundary'] as const

const TABLE_KEYS = [
  'column',
  'shared',
  'access',
  'backfill',
  'globalKeys',
  'force',
] as const satisfies readonly (keyof TableInput)[]

/** For a table without the option. */
interface Defaults {
  readonly column: string
  readonly force: boolean
}

export function readTables(
  read: ConfigReader,
  value: unknown,
  { column, force }: Defaults,
): ConfigTable[] {
  const entries = Array.isArray(value)
    ? listed(read, read.list('tables', value))
    : recorded(read, value)
  return entries.flatMap(({ path, name, options }) => {
    const fields = read.object(path, options, TABLE_KEYS)
    const table: Omit<ConfigTable, keyof TableReference> = {
      column: read.text(`${path}.column`, fields.column, column),
      shared: read.flag(`${path}.shared`, fields.shared, false),
      access: read.oneOf(`${path}.access`, fields.access, ACCESS, 'full'),
      backfill: backfill(read, `${path}.backfill`, fields.backfill),
      globalKeys: read.texts(`${path}.globalKeys`, fields.globalKeys, []),
      force: read.flag(`${path}.force`, fields.force, force),
    }
    const reference = tableReference(read, path, name)
    return reference ? [{ ...reference, ...table }] : []
  })
}

export function readTableNames(read: ConfigReader, path: string, value: unknown): TableReference[] {
  return read.texts(path, value, []).flatMap((name, index) => {
    const reference = tableReference(read, `${path}[${index}]`, name)
    return reference ? [reference] : []
  })
}

/** A table as it is written, and the path of its key. */
interface Entry {
  readonly path: string
  readonly name: string
  readonly options: unknown
}

function listed(read: ConfigReader, names: readonly unknown[]): Entry[] {
  if (names.length === 0) noTables(read)
  return names.flatMap((item, index) => {
    const path = `tables[${index}]`
    const name = read.text(path, item ?? null, undefined)
    return name === undefined ? [] : [{ path, name, options: {} }]
  })
}

function recorded(read: ConfigReader, value: unknown = {}): Entry[] {
  if (!isDictionary(value)) {
    read.expected('tables', 'a list of names or an object such as { projects: {} }', value)
    return []
  }
  const tables = Object.entries(value)
  if (tables.length === 0) noTables(read)
  return tables.map(([name, options]) => ({ path: `tables.${name}`, name, options }))
}

function noTables(read: ConfigReader): void {
  read.problem("tables: name at least one tenant table, such as { projects: {} } or ['projects']")
}

function backfill(read: ConfigReader, path: string, value: unknown): ConfigTable['backfill'] {
  if (value === undefined) return undefined
  const fields = read.object(path, value, ['parent', 'tenant'])
  if ((fields.parent === undefined) === (fields.tenant === undefined)) {
    read.problem(`${path}: write either { parent: 'table' } or { tenant: 'id' }`)
    return undefined
  }
  const tenant = read.text(`${path}.tenant`, fields.tenant, undefined)
  if (tenant !== undefined) return { tenant }
  const name = read.text(`${path}.parent`, fields.parent, undefined)
  const parent = name === undefined ? undefined : tableReference(read, `${path}.parent`, name)
  return parent && { parent }
}

function tableReference(
  read: ConfigReader,
  path: string,
  name: string,
): TableReference | undefined {
  const reference = isText(name) ? parseTableName(name) : undefined
  if (!reference) {
    read.expected(path, `'table' or 'schema.table', a part with a dot in double quotes`, name)
  }
  return reference
}

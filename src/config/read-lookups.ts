import { parseTableName } from '../sql/table-name.ts'
import type { ConfigLookup } from './config.ts'
import { type ConfigReader, isText } from './config-reader.ts'
import type { LookupInput } from './tenancy-input.ts'

const KEYS = ['table', 'by', 'many'] as const satisfies readonly (keyof LookupInput)[]

/** A name of PostgreSQL and of JavaScript, which is as long as PostgreSQL lets it be. */
const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,62}$/

export function readLookups(read: ConfigReader, value: unknown): ConfigLookup[] {
  return Object.entries(read.dictionary('lookups', value)).flatMap(([name, options]) => {
    const path = `lookups.${name}`
    if (!NAME.test(name)) {
      read.problem(
        `${path}: a lookup is named like a function: letters, digits and "_", at most 63, no digit in front`,
      )
      return []
    }
    const fields = read.object(path, options ?? null, KEYS)
    const many = read.flag(`${path}.many`, fields.many, false)
    const table = read.text(`${path}.table`, fields.table ?? null, undefined)
    const by = read.text(`${path}.by`, fields.by ?? null, undefined)
    const reference = table !== undefined && isText(table) ? parseTableName(table) : undefined
    if (table !== undefined && !reference) {
      read.expected(
        `${path}.table`,
        `'table' or 'schema.table', a part with a dot in double quotes`,
        table,
      )
    }
    return reference && by !== undefined ? [{ name, table: reference, by, many }] : []
  })
}

import type { TableReference } from '../sql/table-name.ts'

/**
 * The schema of the function: the one that the config writes before the table, else the first that is searched.
 * The application knows it without the catalog.
 */
export function lookupSchema({ schema }: TableReference, schemas: readonly string[]): string {
  // The parser refuses names without a schema when there are no schemas.
  return schema ?? schemas[0] ?? 'public'
}

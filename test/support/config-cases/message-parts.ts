/** The parts of messages that several cases share. */
export const KEYS =
  'connection, tenant, roles, schemas, tables, global, force, lookups, migrations, audit'

export const NO_TABLES =
  "tables: name at least one tenant table, such as { projects: {} } or ['projects']"

export const NO_NAME = "'table' or 'schema.table', a part with a dot in double quotes"

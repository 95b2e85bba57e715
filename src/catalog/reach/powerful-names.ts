/** Built-in and extension functions that run SQL which they are given as text, or read tables by name. */
export const RUNS_SQL: ReadonlySet<string> = new Set([
  'connectby',
  'crosstab',
  'crosstab2',
  'crosstab3',
  'crosstab4',
  'cursor_to_xml',
  'database_to_xml',
  'database_to_xml_and_xmlschema',
  'dblink',
  'dblink_connect',
  'dblink_connect_u',
  'dblink_exec',
  'dblink_open',
  'dblink_send_query',
  'query_to_xml',
  'query_to_xml_and_xmlschema',
  'query_to_xmlschema',
  'schema_to_xml',
  'schema_to_xml_and_xmlschema',
  'table_to_xml',
  'table_to_xml_and_xmlschema',
  'ts_rewrite',
  'ts_stat',
  'xpath_table',
])

/** Those that open a connection, with a login of their own. */
export const CONNECTS: ReadonlySet<string> = new Set([
  'dblink',
  'dblink_connect',
  'dblink_connect_u',
  'dblink_exec',
  'dblink_open',
  'dblink_send_query',
])

/** Functions that read rows where no policy is, by their names. */
export const READS_PAST_POLICIES: Readonly<Record<string, string>> = {
  get_raw_page: 'reads pages of tables',
  heap_page_items: 'reads pages of tables',
  lo_export: 'reads large objects',
  lo_get: 'reads large objects',
  loread: 'reads large objects',
  pg_get_wal_block_info: 'reads the write-ahead log',
  pg_get_wal_records_info: 'reads the write-ahead log',
  pg_logical_slot_get_binary_changes: 'reads the changes of every tenant',
  pg_logical_slot_get_changes: 'reads the changes of every tenant',
  pg_logical_slot_peek_binary_changes: 'reads the changes of every tenant',
  pg_logical_slot_peek_changes: 'reads the changes of every tenant',
  pg_read_binary_file: 'reads files of the server',
  pg_read_file: 'reads files of the server',
}

/** Those that make one value of many rows. */
export const GATHERS: ReadonlySet<string> = new Set([
  'array_agg',
  'array_to_json',
  'array_to_string',
  'json_agg',
  'json_object_agg',
  'jsonb_agg',
  'jsonb_object_agg',
  'string_agg',
  'xmlagg',
])

/** The names that bodies are searched for although no user made these functions. */
export const POWERFUL_NAMES: ReadonlySet<string> = new Set([
  ...RUNS_SQL,
  ...GATHERS,
  ...Object.keys(READS_PAST_POLICIES),
  'pg_notify',
  'set_config',
])

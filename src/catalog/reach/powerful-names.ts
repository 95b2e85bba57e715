/** Built-in and extension functions that run SQL which they are given as text, or read tables by name. */
export const RUNS_SQL: ReadonlySet<string> = new Set([
  'connectby',
  'crosstab',
  'crosstab2',
  'crosstab3',
  'crosstab4',
  'cursor_to_xml',
  'database_to_xml',
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
  'table_to_xml',
  'table_to_xml_and_xmlschema',
  'ts_rewrite',
  'ts_stat',
  'xpath_table',
])

/** Those that bodies are searched for although they are nobody's own. */
export const POWERFUL_NAMES: ReadonlySet<string> = new Set([...RUNS_SQL, 'pg_notify', 'set_config'])

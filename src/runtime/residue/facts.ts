import { literal } from '../../sql/literal.ts'

/** Settings that decide which rows a statement sees, or whether it sees any. Every proof asks for them. */
export const ASKED_SETTINGS = ['row_security', 'search_path', 'statement_timeout'] as const

/** Settings that are too dear to ask for with each lease; a clean-up puts them back as well. */
const OTHER_SETTINGS = [
  'lock_timeout',
  'idle_in_transaction_session_timeout',
  'idle_session_timeout',
  // Since PostgreSQL 17.
  'transaction_timeout',
  'default_transaction_isolation',
  'default_transaction_read_only',
  'default_transaction_deferrable',
  'TimeZone',
  'DateStyle',
  'IntervalStyle',
  'client_encoding',
  'standard_conforming_strings',
] as const

export const SETTINGS: readonly string[] = [...ASKED_SETTINGS, ...OTHER_SETTINGS]

/** The facts that the server reports of a session. */
export interface Facts {
  readonly pid: number
  /** `current_user` and `session_user`. */
  readonly user: string
  readonly login: string
  readonly role: string
  /** By name; null where the server does not know the setting. */
  readonly settings: Readonly<Record<string, string | null>>
  /** The session has a schema for temporary objects, empty or not. */
  readonly hasTemporarySchema: boolean
  /** The oids of its temporary objects. */
  readonly temporary: readonly string[]
  readonly holdsCursor: boolean
  readonly listens: boolean
}

// A search_path that was left behind must not lead to operators of its own.
const EQUAL = 'operator(pg_catalog.=)'

/** Which objects are temporary: what `discard temp` walks, and it sees functions and types as well. */
export const TEMPORARY_OBJECTS: string = `from pg_catalog.pg_depend where refclassid ${EQUAL} 2615 and refobjid ${EQUAL} pg_catalog.pg_my_temp_schema()`

/** One JSON object with the facts. Some 100 µs of the server: once for each client, and to clean. */
export const FACTS: string = `pg_catalog.json_build_object(
  'pid', pg_catalog.pg_backend_pid(), 'user', current_user, 'login', session_user,
  'role', pg_catalog.current_setting('role'),
  'settings', (select pg_catalog.json_object_agg(name, pg_catalog.current_setting(name, true))
    from pg_catalog.unnest(array[${SETTINGS.map(literal).join(',')}]) name),
  'hasTemporarySchema', not pg_catalog.pg_my_temp_schema() ${EQUAL} '0',
  'temporary', array(select objid::pg_catalog.text ${TEMPORARY_OBJECTS}),
  'holdsCursor', exists (select from pg_catalog.pg_cursor() where is_holdable),
  'listens', exists (select from pg_catalog.pg_listening_channels())
)::pg_catalog.text`

export function readFacts(text: string | null | undefined): Facts {
  return JSON.parse(text ?? '')
}

const ROLE_DEFAULT = `coalesce((select pg_catalog.substr(entry, 6)
  from pg_catalog.pg_db_role_setting, pg_catalog.unnest(setconfig) entry
  where pg_catalog.starts_with(entry, 'role=')
    and setrole ${EQUAL} any (array(select oid from pg_catalog.pg_roles where rolname ${EQUAL} session_user) operator(pg_catalog.||) '0'::pg_catalog.oid)
    and setdatabase ${EQUAL} any (array(select oid from pg_catalog.pg_database where datname ${EQUAL} pg_catalog.current_database()) operator(pg_catalog.||) '0'::pg_catalog.oid)
  order by setrole ${EQUAL} '0', setdatabase ${EQUAL} '0' limit 1), 'none')`

/** The cheapest question: it holds for a session that has never had a temporary object. */
export const NO_TEMPORARY_SCHEMA: string = `pg_catalog.pg_my_temp_schema() ${EQUAL} '0'`

/**
 * Is the session as the server starts one for this login and database? It costs a millisecond and
 * needs no earlier facts: for a session that was in use before it was looked at.
 */
export const IS_UNTOUCHED: string = `${NO_TEMPORARY_SCHEMA}
  and pg_catalog.current_setting('role') ${EQUAL} ${ROLE_DEFAULT}
  and not exists (select from pg_catalog.pg_settings
    where name ${EQUAL} any (array[${ASKED_SETTINGS.map(literal).join(',')}]) and setting is distinct from reset_val)`

/** Is the session that of the client itself, or one that a pooler has kept untouched? */
export function isOwnOrUntouched(pid: number | undefined): string {
  return pid === undefined
    ? 'true'
    : `pg_catalog.pg_backend_pid() ${EQUAL} ${pid} or (${IS_UNTOUCHED})`
}

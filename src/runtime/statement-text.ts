import { startOfCode } from '../sql/tokens.ts'

const KEYWORD = /^[a-z]+/i
const USUAL = /^(?:select|insert|update|delete|with)\b/

/**
 * - `begin`, `commit`, `rollback`: start and end of a transaction
 * - `transaction`: savepoints and the like, which neither start nor end one
 * - `statement`: everything else
 */
export type StatementKind = 'begin' | 'commit' | 'rollback' | 'transaction' | 'statement'

const KINDS: Readonly<Record<string, StatementKind>> = {
  begin: 'begin',
  start: 'begin',
  commit: 'commit',
  end: 'commit',
  rollback: 'rollback',
  abort: 'rollback',
  savepoint: 'transaction',
  release: 'transaction',
}

/**
 * Statements that control the transaction go without a prelude: `start transaction isolation level …`
 * and `set transaction …` fail behind any query (25001), and behind a failed prelude the server would
 * skip the `rollback` that has to end the transaction.
 * https://www.postgresql.org/docs/current/sql-set-transaction.html
 */
export function statementKind(text: string): StatementKind {
  // Nearly every statement; the rest of the work is for the others.
  if (USUAL.test(text)) return 'statement'
  const sql = code(text)
  const keyword = KEYWORD.exec(sql)?.[0].toLowerCase() ?? ''
  if (TWO_PHASE.test(sql) || ROLLBACK_TO.test(sql)) return 'transaction'
  if (keyword === 'prepare') return /^prepare\s+transaction\b/i.test(sql) ? 'commit' : 'statement'
  if (keyword === 'set') return SET_TRANSACTION.test(sql) ? 'transaction' : 'statement'
  return KINDS[keyword] ?? 'statement'
}

/** Does the server wait for data of the client? */
export function copiesIn(text: string): boolean {
  return COPY_IN.test(code(text))
}

const COPY_IN = /^copy\b.*\bfrom\s+stdin\b/is

/** In upper case, as PostgreSQL's command tags begin; undefined where there is none. */
export function firstKeyword(text: string): string | undefined {
  return KEYWORD.exec(code(text))?.[0].toUpperCase()
}

/** Without the comments in front, which may hold others. */
function code(text: string): string {
  return text.slice(startOfCode(text))
}

const ROLLBACK_TO = /^rollback\s+(?:\w+\s+)?to\b/i
// They end a transaction that is no longer one of this connection.
const TWO_PHASE = /^(?:commit|rollback)\s+prepared\b/i
const SET_TRANSACTION =
  /^set\s+(?:local\s+|session\s+)?(?:transaction|session\s+characteristics|characteristics)\b/i

/** Does the statement set one of the settings, be it for its transaction only? */
export function setsOneOf(settings: readonly string[], text: string): boolean {
  if (!SETS.test(text)) return false
  const plain = text.replaceAll('"', '').toLowerCase()
  return settings.some((setting) => plain.includes(setting.toLowerCase()))
}

const SETS = /\bset\b|\bset_config\b|\breset\b/i

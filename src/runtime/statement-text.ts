import { startOfCode, tokensOf } from '../sql/tokens.ts'

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
  // Some of them control it.
  prepare: 'statement',
  set: 'statement',
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
  const kind = KINDS[firstKeyword(text)?.toLowerCase() ?? '']
  if (kind === undefined) return 'statement'
  // Nearly every other one.
  if (kind === 'begin' || kind === 'transaction' || text.length <= LONGEST_PLAIN) return kind
  const words = wordsOf(text)
  if (PARTS.test(words)) return 'transaction'
  return kind === 'statement' && TWO_PHASE.test(words) ? 'commit' : kind
}

const LONGEST_PLAIN = 'rollback;'.length

/** Does the end of a transaction begin another one, of the same modes? */
export function isChained(text: string): boolean {
  return / and chain\b/.test(wordsOf(text))
}

// Without comments; quoted names and symbols are left out.
function wordsOf(text: string): string {
  return tokensOf(text)
    .map((token) => (token.kind === 'name' ? token.word : ''))
    .join(' ')
}

/** Does the server wait for data of the client? */
export function copiesIn(text: string): boolean {
  return COPY_IN.test(code(text))
}

const COPY_IN = /^copy\b.*\bfrom(?:\s|--[^\n]*\n|\/\*.*?\*\/)+stdin\b/is

/** In upper case, as PostgreSQL's command tags begin; undefined where there is none. */
export function firstKeyword(text: string): string | undefined {
  return KEYWORD.exec(code(text))?.[0].toUpperCase()
}

/** Without the comments in front, which may hold others. */
function code(text: string): string {
  return text.slice(startOfCode(text))
}

const PARTS =
  /^(?:rollback (?:work |transaction )?to|(?:commit|rollback) prepared|set (?:local |session )?(?:transaction|characteristics))\b/
const TWO_PHASE = /^prepare transaction\b/

/** Does the statement set one of the settings, be it for its transaction only? */
export function setsOneOf(settings: readonly string[], text: string): boolean {
  if (!SETS.test(text)) return false
  const plain = text.replaceAll('"', '').toLowerCase()
  return settings.some((setting) => plain.includes(setting.toLowerCase()))
}

const SETS = /\bset\b|\bset_config\b|\breset\b/i

import type { ApplicationErrorCode } from './codes.ts'
import { isTenancyError } from './tenancy-error.ts'

// 403: refused to this tenant · 404: an unknown tenant looks like one that is forbidden · 413: too large ·
// 503: try again · 500: the application or its database has to be mended.
const OF_CODE: Readonly<Record<ApplicationErrorCode, number>> = {
  'ADMIN.NO_POOL': 500,
  'CONFIG.INVALID': 500,
  'CONNECTION.BUSY': 503,
  'CONNECTION.FOREIGN': 500,
  'CONNECTION.IN_DOUBT': 503,
  'CONNECTION.IN_TRANSACTION': 503,
  'CONNECTION.WRAPPED': 500,
  'DIALECT.FOREIGN': 500,
  'DIALECT.UNSUPPORTED_POOL': 500,
  'LOOKUP.INVALID': 404,
  'POLICY.VIOLATION': 403,
  'POOL.EXHAUSTED': 503,
  'POOLER.DETECTED': 500,
  'QUERY.TOO_MANY_PARAMETERS': 413,
  'QUERY.UNSUPPORTED': 500,
  'ROLE.BYPASSES_RLS': 500,
  'SCOPE.ENDED': 500,
  'SESSION.CHANGED': 500,
  'SETTING.HAS_DEFAULT': 500,
  'SETTING.INVALID': 500,
  'TENANT.INVALID': 404,
  'TENANT.MISMATCH': 403,
  'TENANT.MISSING': 500,
  'TENANT.VIOLATION': 403,
  'TRANSACTION.ROLLED_BACK': 500,
  'TRANSACTION.STATEMENT_RUNNING': 500,
}

/** Of SQLSTATEs and of classes of them. */
const OF_SQLSTATE: Readonly<Record<string, number>> = {
  '08': 503,
  '22': 400,
  23: 409,
  23502: 400,
  23514: 400,
  25006: 403,
  25: 500,
  40: 503,
  53: 503,
  '55P03': 503,
  57: 503,
  57014: 504,
  P0002: 404,
}

// node:net and node:dns.
const UNREACHABLE = /^(?:ECONN\w+|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/

// These errors have no codes, and each copy of a package has a class of its own.
const OF_TEXT: readonly (readonly [RegExp, number])[] = [
  [/^Connection terminated|^timeout exceeded when trying to connect/, 503],
  [/^Knex: Timeout acquiring a connection/, 503],
  [/^no result$/, 404],
  [/^Defined query timeout of|Query read timeout$/, 504],
]

/**
 * The HTTP status for an error of a request: of this package, of PostgreSQL, of pg, Kysely or Knex; for any
 * other its own `statusCode` or `status`, else 500. An error that wraps one of them as `cause` has its
 * status. Messages are for logs: they may hold SQL and values, so send none of them to a client.
 *
 * @example
 * ```ts
 * const answer = (error: unknown) => Response.json({ error: 'failed' }, { status: httpStatus(error) })
 * ```
 */
export function httpStatus(error: unknown): number {
  let inner = error
  for (let depth = 0; inner instanceof Error && depth < 5; depth++) {
    const status = statusOf(inner)
    if (status !== undefined) return status
    inner = inner.cause
  }
  return 500
}

function statusOf(error: Error): number | undefined {
  if (isTenancyError(error)) return OF_CODE[error.code as ApplicationErrorCode] ?? 500
  const { code } = error as { code?: unknown }
  if (typeof code === 'string') {
    if (UNREACHABLE.test(code)) return 503
    if (/^[0-9A-Z]{5}$/.test(code) && 'severity' in error) return ofSqlstate(code)
  }
  return OF_TEXT.find(([text]) => text.test(error.message))?.[1] ?? own(error as HasStatus)
}

function ofSqlstate(code: string): number {
  return OF_SQLSTATE[code] ?? OF_SQLSTATE[code.slice(0, 2)] ?? 500
}

interface HasStatus extends Error {
  readonly status?: unknown
  readonly statusCode?: unknown
}

function own(error: HasStatus): number | undefined {
  return [error.statusCode, error.status].find(isErrorStatus)
}

function isErrorStatus(status: unknown): status is number {
  return Number.isInteger(status) && Number(status) >= 400 && Number(status) < 600
}

import { tenantViolation } from '../errors/application.ts'
import { describeScope, type Scope } from './scope.ts'
import { targetTable } from './statement-text.ts'

/**
 * An error of PostgreSQL, as pg hands it on. `code` is the SQLSTATE, `routine` the place where it
 * was raised.
 */
export interface ServerError extends Error {
  readonly severity: string
  readonly code: string
  readonly routine: string
  readonly hint?: string
  /** In the text of the statement, for errors that its analysis finds. */
  readonly position?: string | undefined
}

export function isServerError(error: unknown): error is ServerError {
  return error instanceof Error && 'severity' in error && typeof error.severity === 'string'
}

// Connection failures, shutdowns, internal errors and timeouts that end the session.
const FATAL = /^(?:08|57P|XX|25P03|25P04)/

/** Is the connection not to be trusted after this error, though the server has answered? */
export function isFatal(error: unknown): boolean {
  return isServerError(error) && FATAL.test(error.code)
}

// Texts are translated, routines are not.
const HINTS = [
  {
    code: '42601',
    routine: 'exec_parse_message',
    hint: 'A scoped statement is one command: send the commands one after the other, in a transaction if they belong together.',
  },
  {
    code: '25001',
    routine: 'PreventInTransactionBlock',
    hint: 'This command cannot share a transaction with the tenant setting: run it over a Kysely instance with the plain PostgresDialect.',
  },
]

/**
 * The error that the user gets for one of the server. A row that a policy refused becomes
 * `TENANT.VIOLATION`; PostgreSQL itself names the table only inside a translated message.
 */
export function explainError(error: unknown, text: string, scope: Scope): unknown {
  if (!isServerError(error)) return error
  if (error.code === '42501' && error.routine === 'ExecWithCheckOptions') {
    return tenantViolation(describeScope(scope), targetTable(text), error)
  }
  const known = HINTS.find(({ code, routine }) => code === error.code && routine === error.routine)
  return known && !error.hint ? Object.assign(error, { hint: known.hint }) : error
}

import { violationOf } from './policy-violation.ts'
import type { RuntimeTable } from './runtime-config.ts'
import type { Scope } from './scope.ts'

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
  /** Where it came up: a function, or a parameter whose text is none of its type. */
  readonly where?: string | undefined
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
const HINTS: Readonly<Record<string, string>> = {
  '42601 exec_parse_message':
    'A scoped statement is one command: send the commands one after the other, in a transaction if they belong together.',
  '25001 PreventInTransactionBlock':
    "This command cannot share a transaction with the tenant setting: use the strategy 'session', or a pool without a tenancy.",
  '2D000 _SPI_commit':
    "A procedure that commits cannot share the transaction of the tenant setting: call it with the strategy 'session', or leave the commit to the caller.",
  '2D000 _SPI_rollback':
    "A procedure that rolls back cannot share the transaction of the tenant setting: call it with the strategy 'session', or leave the rollback to the caller.",
  '42501 nextval_internal':
    'The login lacks USAGE on the sequence of the column: `grant usage on sequence …`, or make the column `generated … as identity`, which needs none.',
}

/**
 * The error that the user gets for one of the server. A row that a policy has refused becomes
 * `TENANT.VIOLATION` or `POLICY.VIOLATION`.
 */
export function explainError(
  error: unknown,
  scope: Scope,
  tables: readonly RuntimeTable[],
): unknown {
  if (!isServerError(error)) return error
  const { code, routine } = error
  if (code === '42501' && routine === 'ExecWithCheckOptions') {
    return violationOf(error, scope, tables)
  }
  const hint = HINTS[`${code} ${routine}`]
  return hint === undefined || error.hint ? error : Object.assign(error, { hint })
}

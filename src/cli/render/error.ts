import { isTenancyError, type TenancyError } from '../../errors/tenancy-error.ts'
import { paint } from './paint.ts'

/** What ends a command: a failure to act on, an error of the server, or a bug with its stack. */
export function renderError(error: unknown, color: boolean): string {
  if (isTenancyError(error)) return renderFailure(error, color)
  if (isPostgresError(error)) return renderPostgresError(error, color)
  return `${error instanceof Error ? error.stack : String(error)}\n`
}

function renderFailure({ message, code, hint }: TenancyError, color: boolean): string {
  // A cause that is quoted brings line breaks and indentation of its own.
  const [summary = '', ...details] = message.split('\n').map((line) => line.trim())
  return block(summary, code, [...details, `${paint(color).dim('next')} ${hint}`], color)
}

interface PostgresError extends Error {
  /** SQLSTATE */
  readonly code: string
  readonly detail?: string
  readonly hint?: string
}

// By shape: the error may come from a second copy of pg.
function isPostgresError(error: unknown): error is PostgresError {
  return (
    error instanceof Error &&
    'severity' in error &&
    'code' in error &&
    typeof error.code === 'string' &&
    /^[0-9A-Z]{5}$/.test(error.code)
  )
}

function renderPostgresError({ message, code, detail, hint }: PostgresError, color: boolean) {
  const details = [detail, hint].flatMap((text) => (text ? [text] : []))
  return block(`PostgreSQL: ${message}`, code, details, color)
}

function block(summary: string, code: string, more: readonly string[], color: boolean): string {
  const c = paint(color)
  return `${[`${c.red('✖')} ${summary}  ${c.dim(code)}`, ...more].join('\n  ')}\n`
}

import { inspect } from 'node:util'
import { reasonOf } from '../../errors/message.ts'
import { isTenancyError, type TenancyError } from '../../errors/tenancy-error.ts'
import type { Io } from '../io.ts'
import { packageVersion } from '../package-version.ts'
import { paint } from './paint.ts'

/** Renders the error that ended a command: a failure to act on, an error of the server, or a bug. */
export function renderError(error: unknown, io: Pick<Io, 'color' | 'debug'>): string {
  if (isTenancyError(error)) return renderFailure(error, io.color)
  if (isPostgresError(error)) return renderPostgresError(error, io.color)
  if (isMissingPackage(error)) return renderMissingPackage(error, io.color)
  return renderBug(error, io)
}

// A command loads its packages when it needs them. A missing import of a file of the user is reported as an
// error of that file.
function isMissingPackage(error: unknown): error is Error & { code: string } {
  return error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND'
}

function renderMissingPackage({ message, code }: Error & { code: string }, color: boolean): string {
  const next = paint(color).dim('next')
  const install = 'Install what it needs: npm install kysely-tenants kysely pg'
  return block(`The command cannot be loaded: ${message}`, code, [`${next} ${install}`], color)
}

function renderBug(error: unknown, { color, debug }: Pick<Io, 'color' | 'debug'>): string {
  const next = paint(color).dim('next')
  const versions = `kysely-tenants ${packageVersion()}, Node ${process.version}, ${process.platform} ${process.arch}`
  return block(
    `Unexpected error: ${reasonOf(error)}; the command ended, and changes that were not committed are undone.`,
    error instanceof Error ? error.name : typeof error,
    [
      `${next} This is a bug of kysely-tenants, unless the stack leads into a file of yours.`,
      ...(debug ? [] : ['Run it again with DEBUG=kysely-tenants to see the stack.']),
      'Report it where you got the package from, with the command, the stack and the versions.',
      versions,
      ...(debug ? inspect(error).split('\n') : []),
    ],
    color,
  )
}

function renderFailure({ message, code, hint }: TenancyError, color: boolean): string {
  // A quoted cause has line breaks and indentation of its own.
  const [summary = '', ...details] = message.split('\n').map((line) => line.trim())
  return block(summary, code, [...details, `${paint(color).dim('next')} ${hint}`], color)
}

interface PostgresError extends Error {
  /** SQLSTATE */
  readonly code: string
  readonly detail?: string
  readonly hint?: string
}

// Checked by shape: the error may come from a second copy of pg.
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

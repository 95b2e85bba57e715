import { inspect } from 'node:util'
import { reasonOf } from '../../errors/message.ts'
import { isTenancyError, type TenancyError } from '../../errors/tenancy-error.ts'
import { packageVersion } from '../package-version.ts'

/** The texts of an error that ended a command, the same for people and for programs. */
export interface ErrorReport {
  /** A code of this package, an SQLSTATE, or the name of an unexpected error. */
  readonly code: string
  readonly summary: string
  readonly details: readonly string[]
  /** The next thing to do. */
  readonly hint?: string
  /** Lines after the hint. */
  readonly more?: readonly string[]
}

/** Describes a failure to act on, an error of the server, or a bug. */
export function errorReport(error: unknown, options: { readonly debug?: boolean }): ErrorReport {
  if (isTenancyError(error)) return ofFailure(error)
  if (isPostgresError(error)) return ofPostgresError(error)
  if (isMissingPackage(error)) return ofMissingPackage(error)
  return ofBug(error, options)
}

function ofFailure({ message, code, hint }: TenancyError): ErrorReport {
  // A quoted cause has line breaks and indentation of its own.
  const [summary = '', ...details] = message.split('\n').map((line) => line.trim())
  return { code, summary, details, hint }
}

// A command loads its packages when it needs them. A missing import of a file of the user is reported as an
// error of that file.
function isMissingPackage(error: unknown): error is Error & { code: string } {
  return error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND'
}

function ofMissingPackage({ message, code }: Error & { code: string }): ErrorReport {
  const hint = 'Install what it needs: npm install kysely-tenants kysely pg'
  return { code, summary: `The command cannot be loaded: ${message}`, details: [], hint }
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

function ofPostgresError({ message, code, detail, hint }: PostgresError): ErrorReport {
  const details = [detail, hint].flatMap((text) => (text ? [text] : []))
  return { code, summary: `PostgreSQL: ${message}`, details }
}

function ofBug(error: unknown, { debug = false }: { readonly debug?: boolean }): ErrorReport {
  const versions = `kysely-tenants ${packageVersion()}, Node ${process.version}, ${process.platform} ${process.arch}`
  return {
    code: error instanceof Error ? error.name : typeof error,
    summary: `Unexpected error: ${reasonOf(error)}; the command ended, and changes that were not committed are undone.`,
    details: [],
    hint: 'This is a bug of kysely-tenants, unless the stack leads into a file of yours.',
    more: [
      ...(debug ? [] : ['Run it again with DEBUG=kysely-tenants to see the stack.']),
      'Report it where you got the package from, with the command, the stack and the versions.',
      versions,
      ...(debug ? inspect(error).split('\n') : []),
    ],
  }
}

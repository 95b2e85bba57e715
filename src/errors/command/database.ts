import { reasonOf } from '../message.ts'
import { TenancyError } from '../tenancy-error.ts'

export function databaseConnectionLost(target: string, cause: unknown): TenancyError {
  return new TenancyError(
    'DATABASE.CONNECTION_LOST',
    `The connection to ${target} was lost: ${reasonOf(cause)}; what was not committed was rolled back.`,
    'Look at the log of the server, then run the command again.',
    { cause },
  )
}

export function databaseLoginRefused(target: string, cause: unknown): TenancyError {
  return new TenancyError(
    'DATABASE.LOGIN_REFUSED',
    `${target} refused the login: ${reasonOf(cause)}; nothing was done.`,
    'Check user, password and database in `connection` or `--url`.',
    { cause },
  )
}

const NEXT = {
  server: 'Check that the server runs, and host, port and `sslmode` in `connection` or `--url`.',
  url: 'Write `postgres://user:password@host:5432/database`, with special characters percent-encoded (@ as %40), or a socket as `postgres://user@%2Fvar%2Frun%2Fpostgresql/database`.',
  named:
    'Set `connection` in the config, or DATABASE_URL where the config or `init` reads it, or pass `--url postgres://user:password@host:5432/database`.',
} as const

/** @param doubt the part of the connection to look at */
export function databaseUnreachable(
  target: string,
  cause: unknown,
  doubt: keyof typeof NEXT = 'server',
): TenancyError {
  return new TenancyError(
    'DATABASE.UNREACHABLE',
    `${target} could not be reached: ${reasonOf(cause)}; nothing was done.`,
    NEXT[doubt],
    { cause },
  )
}

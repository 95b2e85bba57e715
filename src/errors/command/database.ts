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
    `${target} refused the login: ${reasonOf(cause)}`,
    'Check user, password and database in `connection` or `--url`.',
    { cause },
  )
}

export function databaseUnreachable(target: string, cause: unknown): TenancyError {
  return new TenancyError(
    'DATABASE.UNREACHABLE',
    `${target} could not be reached: ${reasonOf(cause)}; nothing was done.`,
    'Set `connection` in the config or pass `--url postgres://user:password@host:5432/database`.',
    { cause },
  )
}

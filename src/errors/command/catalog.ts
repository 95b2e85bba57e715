import { lines } from '../message.ts'
import { TenancyError } from '../tenancy-error.ts'

/** `cause` names the object that was gone when it was looked up. */
export function catalogChanged(cause: unknown): TenancyError {
  return new TenancyError(
    'CATALOG.CHANGED',
    'The schema changed while it was read; nothing was checked.',
    'Run it again when no migration is running.',
    { cause },
  )
}

export function catalogLocked(cause: unknown): TenancyError {
  return new TenancyError(
    'CATALOG.LOCKED',
    'Another session holds a lock on a table, and did not release it in time; nothing was checked.',
    'Run it again when that migration or maintenance is done; the wait is the `lock_timeout` of the login, 10 s by default.',
    { cause },
  )
}

export function catalogMismatch(problems: readonly string[]): TenancyError {
  return new TenancyError(
    'CATALOG.MISMATCH',
    lines('The config and the database do not match; nothing was done.', problems),
    'Run the pending migrations of your schema and create the missing roles first, or correct the names in the config.',
  )
}

import { lines } from '../message.ts'
import { TenancyError } from '../tenancy-error.ts'

/** `cause`: what was looked up in vain. */
export function catalogChanged(cause: unknown): TenancyError {
  return new TenancyError(
    'CATALOG.CHANGED',
    'The schema changed while it was read; nothing was judged.',
    'Run it again when no migration is running.',
    { cause },
  )
}

export function catalogMismatch(problems: readonly string[]): TenancyError {
  return new TenancyError(
    'CATALOG.MISMATCH',
    lines('The config and the database do not fit; nothing was done.', problems),
    'Run the pending migrations of your schema first, or correct the names in the config.',
  )
}

import { lines, reasonOf } from '../message.ts'
import { TenancyError } from '../tenancy-error.ts'

/** @param filled the number of rows that this run gave their tenants */
export function backfillFailed(table: string, filled: number, cause: unknown): TenancyError {
  return new TenancyError(
    'BACKFILL.FAILED',
    `Filling ${table} stopped: ${reasonOf(cause)}; ${filled} rows were filled before, and stay filled.`,
    'Fix the cause and run the same command again; it continues where it stopped.',
    { cause },
  )
}

export function backfillInterrupted(table: string, filled: number): TenancyError {
  return new TenancyError(
    'BACKFILL.INTERRUPTED',
    `Interrupted in ${table}; ${filled} rows were filled before, and stay filled.`,
    'Run the same command again; it continues where it stopped.',
  )
}

export function backfillRefused(problems: readonly string[]): TenancyError {
  return new TenancyError(
    'BACKFILL.REFUSED',
    lines('These tables cannot be filled; no row was changed.', problems),
    'Run the migration that adds a missing column first, `migrate:latest --to <migration>`; name an unknown source in the config, { backfill: … }.',
  )
}

/** @param logins the ones that see every row */
export function backfillRowsHidden(
  problems: readonly string[],
  logins: readonly string[],
): TenancyError {
  return new TenancyError(
    'BACKFILL.ROWS_HIDDEN',
    lines('Row security hides rows that `backfill` has to read; no row was filled.', problems),
    `Fill before the migration with FORCE runs, as the owner; or with \`--url\` of a login that is superuser or BYPASSRLS: ${logins.join(', ')}.`,
  )
}

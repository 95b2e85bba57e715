import { lines } from '../message.ts'
import { TenancyError } from '../tenancy-error.ts'

/** @param options the possible answers, a line each */
export function initAmbiguous(
  question: string,
  options: readonly string[],
  flag: string,
): TenancyError {
  return new TenancyError(
    'INIT.AMBIGUOUS',
    lines(`The catalog does not say: ${question} Nothing was written.`, options),
    `Choose with \`${flag}\`.`,
  )
}

export function initCancelled(): TenancyError {
  return new TenancyError(
    'INIT.CANCELLED',
    'The questions were not answered to the end; nothing was written.',
    'Run it again, or pass the answers as flags: `kysely-tenants init --help`.',
  )
}

export function initNothingFound(database: string, hasTables: boolean): TenancyError {
  return new TenancyError(
    'INIT.NOTHING_FOUND',
    hasTables
      ? `No table of ${database} has a column that looks like a tenant, or a foreign key to a table of tenants; nothing was written.`
      : `${database} has no tables to look at; nothing was written.`,
    hasTables
      ? 'Name the column with `--tenant-column`, or the table of the tenants with `--tenants-table`.'
      : 'Run the migrations of your schema first, or name the right `--url` or `--schema`.',
  )
}

export function initUnknownName(problems: readonly string[]): TenancyError {
  return new TenancyError(
    'INIT.UNKNOWN_NAME',
    lines('The flags and the database do not match; nothing was written.', problems),
    'Write names as the database has them: case counts, quotes are not part of them.',
  )
}

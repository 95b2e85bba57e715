import { reasonOf } from '../message.ts'
import { TenancyError } from '../tenancy-error.ts'

export function configFileExists(path: string): TenancyError {
  return new TenancyError(
    'CONFIG.FILE_EXISTS',
    `${path} exists already; nothing was written.`,
    'Overwrite it with `--force`, see what would be written with `--dry-run`, or move it away.',
  )
}

/** @param elsewhere the other places that were searched */
export function configNotFound(path: string, elsewhere?: string): TenancyError {
  const place = elsewhere === undefined ? path : `${path} ${elsewhere}`
  return new TenancyError(
    'CONFIG.NOT_FOUND',
    `There is no config file at ${place}; nothing was done.`,
    'Write one with `kysely-tenants init`, or pass `--config <path>`.',
  )
}

export function configNotWritable(path: string, cause: unknown): TenancyError {
  return new TenancyError(
    'CONFIG.NOT_WRITABLE',
    `The config file ${path} cannot be written: ${reasonOf(cause)}; nothing was written.`,
    'Create the folder, correct its permissions, or pass another `--config <path>`.',
    { cause },
  )
}

export function configUnreadable(path: string, cause: unknown): TenancyError {
  return new TenancyError(
    'CONFIG.UNREADABLE',
    `The config file ${path} could not be loaded, and nothing was done: ${reasonOf(cause)}`,
    path.endsWith('.json')
      ? 'Correct the JSON: it takes no comments and no comma after the last entry.'
      : 'Run the file on its own to see the whole error; it must have a default export.',
    { cause },
  )
}

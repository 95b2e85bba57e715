import { reasonOf } from '../message.ts'
import { TenancyError } from '../tenancy-error.ts'

export function baselineNotFound(path: string): TenancyError {
  return new TenancyError(
    'BASELINE.NOT_FOUND',
    `There is no baseline at ${path}; nothing was checked.`,
    'Write it with `--update-baseline`: every finding of that run is known from then on.',
  )
}

export function baselineNotWritable(path: string, cause: unknown): TenancyError {
  return new TenancyError(
    'BASELINE.NOT_WRITABLE',
    `The baseline ${path} cannot be written, and is as it was: ${reasonOf(cause)}`,
    'Correct the permissions of its folder, or give it another path.',
    { cause },
  )
}

export function baselineUnreadable(path: string, cause: unknown): TenancyError {
  return new TenancyError(
    'BASELINE.UNREADABLE',
    `The baseline ${path} cannot be read; nothing was checked: ${reasonOf(cause)}`,
    'Take it from version control, or remove it and write it with `--update-baseline`.',
    { cause },
  )
}

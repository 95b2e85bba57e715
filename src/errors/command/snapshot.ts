import { lines, reasonOf } from '../message.ts'
import { TenancyError } from '../tenancy-error.ts'

export function snapshotNotWritable(path: string, cause: unknown): TenancyError {
  return new TenancyError(
    'SNAPSHOT.NOT_WRITABLE',
    `The snapshot ${path} cannot be written, and no report was made: ${reasonOf(cause)}`,
    'Give it another path.',
    { cause },
  )
}

export function snapshotOtherConfig(path: string, missing: readonly string[]): TenancyError {
  return new TenancyError(
    'SNAPSHOT.OTHER_CONFIG',
    lines(`The snapshot ${path} was made for another config; nothing was checked.`, missing),
    'Save it again with this config: `kysely-tenants audit --snapshot <file>`.',
  )
}

export function snapshotUnreadable(path: string, cause: unknown): TenancyError {
  return new TenancyError(
    'SNAPSHOT.UNREADABLE',
    `The snapshot ${path} cannot be read, and nothing was checked: ${reasonOf(cause)}`,
    'Save it again: `kysely-tenants audit --snapshot <file>`.',
    { cause },
  )
}

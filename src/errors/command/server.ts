import { TenancyError } from '../tenancy-error.ts'

/** @param version as in `server_version_num` */
export function serverUnsupported(version: number): TenancyError {
  return new TenancyError(
    'SERVER.UNSUPPORTED',
    `The server is PostgreSQL ${Math.trunc(version / 10_000)}, older than 14; nothing was checked.`,
    'Update the server: the checks know row security of PostgreSQL 14 and later.',
  )
}

import { TenancyError } from '../tenancy-error.ts'

/** `version`: as in `server_version_num`. */
export function serverUnsupported(version: number): TenancyError {
  return new TenancyError(
    'SERVER.UNSUPPORTED',
    `The server is PostgreSQL ${Math.trunc(version / 10_000)}, older than 14; nothing was judged.`,
    'Update the server: what row security of an older one holds is not known here.',
  )
}

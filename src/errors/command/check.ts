import { TenancyError } from '../tenancy-error.ts'

export function checkUnknown(check: string, near: string | undefined): TenancyError {
  return new TenancyError(
    'CHECK.UNKNOWN',
    `There is no check ${check}.`,
    near ? `Did you mean ${near}?` : 'List them all with `kysely-tenants explain`.',
  )
}

import type { ErrorCode } from '../../src/errors/codes.ts'
import { isTenancyError } from '../../src/errors/tenancy-error.ts'

/** The problems of the `CONFIG.INVALID` that `parse` throws, a line each; an empty list when it throws no error. */
export function configProblems(parse: () => unknown): string[] {
  try {
    parse()
  } catch (error) {
    const expected: ErrorCode = 'CONFIG.INVALID'
    if (!isTenancyError(error) || error.code !== expected) throw error
    return error.message.split('\n  ').slice(1)
  }
  return []
}

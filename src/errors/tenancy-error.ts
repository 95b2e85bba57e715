import type { ErrorCode } from './codes.ts'

const BRAND = 'kysely-tenants.TenancyError'

/**
 * A failure the caller can act on. Match on `code`: `message` may be reworded in any release.
 *
 * @example
 * ```ts
 * const describe = ({ code, message, hint }: TenancyError) => `${code} ${message} ${hint}`
 * ```
 */
export class TenancyError extends Error {
  override readonly name: string = 'TenancyError'
  readonly code: ErrorCode
  /** The next thing to do. */
  readonly hint: string

  constructor(code: ErrorCode, message: string, hint: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.hint = hint
  }

  // A getter lives on the prototype, and a logged error does not show it.
  get brand(): string {
    return BRAND
  }
}

/**
 * Unlike `instanceof`, this also recognises an error thrown by a second copy of the package.
 *
 * @example
 * ```ts
 * if (isTenancyError(error) && error.code === 'TENANT.VIOLATION') reply.code(403)
 * ```
 */
export function isTenancyError(error: unknown): error is TenancyError {
  return error instanceof Error && 'brand' in error && error.brand === BRAND
}

/** The first error wins: the one of the clean-up is attached to it, and is never thrown itself. */
export function suppress(first: unknown, cleanUp: unknown): void {
  if (first instanceof Error) Object.assign(first, { suppressed: cleanUp })
}

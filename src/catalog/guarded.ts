import type { Queryable } from './read-only.ts'

/** Returns an error of the statement, after which the transaction goes on; throws an error of the session. */
export async function guarded<T>(
  db: Queryable,
  body: () => Promise<T>,
): Promise<T | { code: string; message: string }> {
  await db.query('savepoint kysely_tenants_try')
  try {
    const result = await body()
    await db.query('release savepoint kysely_tenants_try')
    return result
  } catch (error) {
    if (!isStatementError(error)) throw error
    await db.query('rollback to savepoint kysely_tenants_try')
    await db.query('release savepoint kysely_tenants_try')
    return { code: error.code, message: error.message }
  }
}

function isStatementError(error: unknown): error is Error & { code: string } {
  if (!(error instanceof Error) || !('code' in error) || !('severity' in error)) return false
  return typeof error.code === 'string' && /^(?!57P|08)[0-9A-Z]{5}$/.test(error.code)
}

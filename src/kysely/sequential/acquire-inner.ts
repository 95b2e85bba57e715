import type { DatabaseConnection, Driver } from 'kysely'
import { isLoss } from './connection-loss.ts'

/** postgres.js reports the end of one connection once more, to the first one that asks for the next. */
export async function acquireInner(
  driver: Driver,
  options: Parameters<Driver['acquireConnection']>,
): Promise<DatabaseConnection> {
  try {
    return await driver.acquireConnection(...options)
  } catch (error) {
    if (!isLoss(error)) throw error
    return driver.acquireConnection(...options)
  }
}

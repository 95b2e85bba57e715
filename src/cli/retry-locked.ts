import { setTimeout as sleep } from 'node:timers/promises'
import type { MigrationResultSet } from 'kysely/migration'

const TRIES = 10
const FIRST_DELAY = 200

// lock_not_available, deadlock_detected
// https://www.postgresql.org/docs/current/errcodes-appendix.html
const LOCKED = ['55P03', '40P01']

/**
 * Tries again what was rolled back for a lock: at first after 0.2 s, each time after twice as long,
 * for about two minutes in all. Meanwhile nobody queues behind it.
 *
 * @param run one transaction: what has half happened cannot be repeated
 */
export async function retryLocked(
  run: () => Promise<MigrationResultSet>,
  say: (text: string) => void,
): Promise<MigrationResultSet> {
  for (let attempt = 1; ; attempt++) {
    const outcome = await run()
    const { error } = outcome
    if (attempt === TRIES || !isLocked(error)) return outcome

    // Two that failed on each other's locks would meet again without the jitter.
    const delay = FIRST_DELAY * 2 ** (attempt - 1) * (0.5 + Math.random() / 2)
    const [failed] = outcome.results ?? []
    say(
      `${failed?.migrationName ?? 'The migration'}: ${error.message}; rolled back, try ${attempt + 1} of ${TRIES} in ${(delay / 1000).toFixed(1)} s.`,
    )
    await sleep(delay)
  }
}

function isLocked(error: unknown): error is Error {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    LOCKED.includes(error.code)
  )
}

import { setTimeout as sleep } from 'node:timers/promises'

const TRIES = 10

// lock_not_available, deadlock_detected
// https://www.postgresql.org/docs/current/errcodes-appendix.html
const LOCKED = ['55P03', '40P01']

/** Like the result of Kysely's Migrator: an error is an outcome, and not thrown. */
interface Outcome {
  readonly error?: unknown
}

export interface Retry<T> {
  /** What failed, by name. */
  readonly nameOf: (outcome: T) => string
  readonly say: (text: string) => void
  /** Ends the pause before the next try. */
  readonly signal?: AbortSignal
  /** Before the second try, in milliseconds. Default: 200. */
  readonly firstDelay?: number
}

/**
 * Tries again what was rolled back for a lock: at first after 0.2 s, each time after twice as long,
 * for about two minutes in all. Meanwhile nobody queues behind it.
 *
 * @param run one transaction: what has half happened cannot be repeated
 */
export async function retryLocked<T extends Outcome>(
  run: () => Promise<T>,
  { nameOf, say, signal, firstDelay = 200 }: Retry<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const outcome = await run()
    const { error } = outcome
    if (attempt === TRIES || !isLocked(error)) return outcome

    // Two that failed on each other's locks would meet again without the jitter.
    const delay = firstDelay * 2 ** (attempt - 1) * (0.5 + Math.random() / 2)
    say(
      `${nameOf(outcome)}: ${error.message}; rolled back, try ${attempt + 1} of ${TRIES} in ${(delay / 1000).toFixed(1)} s.`,
    )
    await pause(delay, signal)
    if (signal?.aborted) return outcome
  }
}

/** Sleeps, and wakes up early when it is told to stop. */
export async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  await sleep(milliseconds, undefined, { ...(signal && { signal }) }).catch((error) => {
    if (!signal?.aborted) throw error
  })
}

function isLocked(error: unknown): error is Error {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    LOCKED.includes(error.code)
  )
}

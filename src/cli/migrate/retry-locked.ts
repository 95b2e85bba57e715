import { setTimeout as sleep } from 'node:timers/promises'

const TRIES = 10

// lock_not_available, deadlock_detected
// https://www.postgresql.org/docs/current/errcodes-appendix.html
const LOCKED = ['55P03', '40P01']

/** Like the result of Kysely's Migrator, which returns an error instead of throwing it. */
interface Outcome {
  readonly error?: unknown
}

export interface Retry<T> {
  /** The name of the work that failed. */
  readonly nameOf: (outcome: T) => string
  readonly say: (text: string) => void
  /** Aborts the pause before the next try. */
  readonly signal?: AbortSignal
  /** Before the second try, in milliseconds. Default: 200. */
  readonly firstDelay?: number
}

/**
 * Runs a transaction again that was rolled back for a lock: at first after 0.2 s, each time after twice as
 * long, for about two minutes in all. No other session queues behind it meanwhile.
 *
 * @param run one transaction: half of one could not be repeated
 */
export async function retryLocked<T extends Outcome>(
  run: () => Promise<T>,
  { nameOf, say, signal, firstDelay = 200 }: Retry<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const outcome = await run()
    const { error } = outcome
    if (attempt === TRIES || !isLocked(error)) return outcome

    // Without the jitter, two transactions that failed on each other's locks would meet again.
    const delay = firstDelay * 2 ** (attempt - 1) * (0.5 + Math.random() / 2)
    say(
      `${nameOf(outcome)}: ${error.message}; rolled back, try ${attempt + 1} of ${TRIES} in ${(delay / 1000).toFixed(1)} s.`,
    )
    await pause(delay, signal)
    if (signal?.aborted) return outcome
  }
}

/** Sleeps, and wakes up early when the signal is aborted. */
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

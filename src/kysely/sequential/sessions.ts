import type { KnownSession } from '../../runtime/residue/known-session.ts'

/** The sessions of a dialect. */
export interface Sessions {
  /** The one that answers next, or one that was like it so far. */
  readonly expected: KnownSession | undefined
  /** The leases below clean what a text shows, or end the connection. */
  readonly lookAfterThemselves: boolean
  /** The session of a backend. */
  of(pid: number): KnownSession
  /** Runs the statements of a clean-up. */
  cleanUp(body: () => Promise<void>): Promise<void>
}

const MAX_SESSIONS = 1000

/**
 * The sessions of a dialect whose connections are new objects for each checkout, by their backends. Those
 * that were not seen for a long time are forgotten.
 */
export function sessionsByBackend(): Sessions {
  const sessions = new Map<number, KnownSession>()
  let last: KnownSession | undefined
  return {
    lookAfterThemselves: false,
    get expected() {
      return last
    },
    of(pid) {
      const known = sessions.get(pid) ?? { baseline: undefined, pid }
      last = known
      sessions.delete(pid)
      sessions.set(pid, known)
      for (const [oldest] of sessions) {
        if (sessions.size <= MAX_SESSIONS) break
        sessions.delete(oldest)
      }
      return known
    },
    cleanUp: (body) => body(),
  }
}

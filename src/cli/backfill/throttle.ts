import type pg from 'pg'
import { pause } from '../migrate/retry-locked.ts'
import { watchReplicationLag } from './replication-lag.ts'

export interface ThrottleOptions {
  /** Rows per second. Absent: as many as the server takes. */
  readonly rate?: number
  /** Seconds that replicas may be behind. Absent: replicas are not checked. */
  readonly maxLag?: number
}

/** Resolves when the next batch may begin. */
export type Throttle = (batch: { filled: number; milliseconds: number }) => Promise<void>

/** @throws `BACKFILL.REFUSED` when the login may not see how far the replicas are */
export async function createThrottle(
  client: pg.Client,
  { rate, maxLag }: ThrottleOptions,
  talk: { readonly say: (text: string) => void; readonly signal: AbortSignal },
): Promise<Throttle> {
  const lag =
    maxLag === undefined ? undefined : await watchReplicationLag(client, { maxLag, ...talk })
  return async ({ filled, milliseconds }) => {
    if (filled === 0) return
    await lag?.wait()
    const rest = rate === undefined ? 0 : (filled / rate) * 1000 - milliseconds
    if (rest > 0) await pause(rest, talk.signal)
  }
}

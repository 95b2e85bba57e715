import type pg from 'pg'
import { backfillRefused } from '../../errors/command/backfill.ts'
import { pause } from '../migrate/retry-locked.ts'

const POLL_INTERVAL = 200

export interface ReplicationLag {
  /** Resolves when every replica has replayed the changes that are `maxLag` seconds old. */
  wait(): Promise<void>
}

export interface LagOptions {
  /** In seconds. */
  readonly maxLag: number
  readonly say: (text: string) => void
  readonly signal: AbortSignal
}

const MAY_SEE = `select pg_catalog.pg_has_role('pg_read_all_stats', 'usage') as "maySee"`

const READ_POSITION = `select pg_catalog.pg_current_wal_lsn()::text as "lsn"`

// A base backup is in this view too, and never replays.
const REPLICAS = `pg_catalog.pg_stat_replication where state in ('streaming', 'catchup')`

// A replica that has not answered yet has no `replay_lsn`.
const READ_BEHIND = `
  select distinct coalesce(nullif(application_name, ''), client_addr::text) as "name"
  from ${REPLICAS} and (replay_lsn is null or replay_lsn < $1)
  order by 1
`

/**
 * Compares positions in the write-ahead log and not `replay_lag`, which PostgreSQL does not update while a
 * replica stands still.
 * https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-REPLICATION-VIEW
 *
 * @throws `BACKFILL.REFUSED` when the login sees no positions: a lag that it cannot see may still be there
 */
export async function watchReplicationLag(
  client: pg.Client,
  { maxLag, say, signal }: LagOptions,
): Promise<ReplicationLag> {
  const may = await client.query<{ maySee: boolean }>(MAY_SEE)
  if (!may.rows[0]?.maySee) {
    throw backfillRefused(['--max-lag: the login is no member of pg_read_all_stats'])
  }
  const replicas = await client.query(`select from ${REPLICAS}`)
  if (replicas.rows.length === 0) {
    say('--max-lag: no replica is connected; there is nothing to wait for.')
  }

  const written: { lsn: string; at: number }[] = []
  return {
    async wait() {
      const position = await client.query<{ lsn: string }>(READ_POSITION)
      written.push({ lsn: position.rows[0]?.lsn ?? '0/0', at: Date.now() })
      for (let isFirst = true; !signal.aborted; isFirst = false) {
        const due = written.findLast(({ at }) => Date.now() - at >= maxLag * 1000)
        if (!due) return
        const { rows: behind } = await client.query<{ name: string }>(READ_BEHIND, [due.lsn])
        if (behind.length === 0) {
          written.splice(0, written.indexOf(due) + 1)
          return
        }
        const names = behind.map(({ name }) => name).join(', ')
        if (isFirst) say(`Waits for ${names}: more than ${maxLag} s behind.`)
        await pause(POLL_INTERVAL, signal)
      }
    },
  }
}

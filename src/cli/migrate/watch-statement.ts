import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { shorten } from '../render/truncate.ts'

/** In milliseconds. */
const LOOK_INTERVAL = 500

// In seconds: a statement is reported for the first time after the first pause, then after longer ones.
const FIRST_PAUSE = 1
const LONGEST_PAUSE = 30

const LONGEST_STATEMENT = 60

const READ_ACTIVITY = `
  select
    pg_catalog.left(pg_catalog.btrim(pg_catalog.regexp_replace(a.query, '\\s+', ' ', 'g')), 200)
                                                                             as "statement",
    a.query_start::text                                                      as "start",
    extract(epoch from pg_catalog.clock_timestamp() - a.query_start)::float8 as "seconds",
    p.phase                                                                  as "phase",
    pg_catalog.round(100.0 * p.blocks_done / nullif(p.blocks_total, 0))      as "percent",
    array(
      select pg_catalog.format('session %s (%s, %s)', b.pid, b.usename, b.state)
      from pg_catalog.pg_stat_activity b
      where b.pid = any(pg_catalog.pg_blocking_pids(a.pid))
      order by b.pid
    )                                                                        as "blockers"
  from pg_catalog.pg_stat_activity a
  left join pg_catalog.pg_stat_progress_create_index p on p.pid = a.pid
  where a.pid = $1 and a.state = 'active'
`

interface Activity {
  readonly statement: string
  /** The time at which the statement started, which tells it from the next one. */
  readonly start: string
  readonly seconds: number
  readonly phase: string | null
  readonly percent: string | null
  readonly blockers: readonly string[]
}

export interface Observer {
  /** Opens a second connection, because the first is busy. */
  readonly connect: (body: (client: pg.Client) => Promise<void>) => Promise<void>
  readonly say: (text: string) => void
}

/**
 * Reports a statement of `client` that takes longer than a second while `body` runs, and the sessions it
 * waits for, then less and less often.
 */
export async function watchStatement<T>(
  client: pg.Client,
  observer: Observer,
  body: () => Promise<T>,
): Promise<T> {
  const { rows } = await client.query<{ pid: number }>('select pg_catalog.pg_backend_pid() as pid')
  const done = new AbortController()
  // The report must not break the work: without a second connection there is none.
  const watching = watch(rows[0]?.pid, observer, done.signal).catch(() => undefined)
  try {
    return await body()
  } finally {
    done.abort()
    await watching
  }
}

async function watch(
  pid: number | undefined,
  { connect, say }: Observer,
  signal: AbortSignal,
): Promise<void> {
  await sleep(FIRST_PAUSE * 1000, undefined, { signal })
  await connect(async (client) => {
    let [start, pause, due] = ['', FIRST_PAUSE, FIRST_PAUSE]
    while (!signal.aborted) {
      const { rows } = await client.query<Activity>(READ_ACTIVITY, [pid])
      for (const activity of rows) {
        if (activity.start !== start)
          [start, pause, due] = [activity.start, FIRST_PAUSE, FIRST_PAUSE]
        if (signal.aborted || activity.seconds < due) continue
        say(sentence(activity))
        pause = Math.min(2 * pause, LONGEST_PAUSE)
        due = activity.seconds + pause
      }
      await sleep(LOOK_INTERVAL, undefined, { signal })
    }
  })
}

function sentence({ statement, seconds, phase, percent, blockers }: Activity): string {
  const details = [
    ...(phase === null ? [] : [percent === null ? phase : `${phase}, ${percent} %`]),
    ...(blockers.length === 0 ? [] : [`waits for ${blockers.join(', ')}`]),
  ]
  const text = shorten(statement, LONGEST_STATEMENT)
  return [`${text}: ${Math.floor(seconds)} s`, ...details].join('; ')
}

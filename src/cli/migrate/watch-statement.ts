import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'

const FIRST_LOOK = 1000
const LONGEST_PAUSE = 30_000

const READ_ACTIVITY = `
  select
    pg_catalog.left(pg_catalog.btrim(pg_catalog.regexp_replace(a.query, '\\s+', ' ', 'g')), 60)
                                                                             as "statement",
    pg_catalog.round(extract(epoch from pg_catalog.clock_timestamp() - a.query_start))
                                                                             as "seconds",
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
  readonly seconds: string
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
 * Reports the statement that `client` runs while `body` runs, and the sessions it waits for: after a second,
 * then less and less often. A quick statement is not reported.
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
  for (let pause = FIRST_LOOK; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
    await sleep(pause, undefined, { signal })
    await connect(async (client) => {
      const { rows } = await client.query<Activity>(READ_ACTIVITY, [pid])
      for (const activity of rows) if (!signal.aborted) say(sentence(activity))
    })
  }
}

function sentence({ statement, seconds, phase, percent, blockers }: Activity): string {
  const details = [
    ...(phase === null ? [] : [percent === null ? phase : `${phase}, ${percent} %`]),
    ...(blockers.length === 0 ? [] : [`waits for ${blockers.join(', ')}`]),
  ]
  return [`${statement}: ${seconds} s`, ...details].join('; ')
}

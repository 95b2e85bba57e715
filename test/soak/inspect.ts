import type pg from 'pg'
import { readState } from './client-state.ts'
import type { Stage } from './stage.ts'

const PATIENCE_MS = 2000

/** Looks at the pool and at the tables after the last operation. */
export async function inspect(stage: Stage): Promise<void> {
  await inspectPool(stage)
  await inspectTransactions(stage)
  await inspectRows(stage)
}

/** All clients can be had at once, and every one that is alive is clean. */
async function inspectPool({ subject, oracle }: Stage): Promise<void> {
  const { pool } = subject
  const waiting = Array.from({ length: pool.options.max ?? 0 }, () => pool.connect())
  const clients: pg.PoolClient[] = []
  for (const outcome of await Promise.allSettled(waiting)) {
    if (outcome.status === 'fulfilled') clients.push(outcome.value)
    else oracle.note('client lost', String(outcome.reason))
  }
  await Promise.all(
    clients.map(async (client) => {
      const ignore = () => undefined
      client.on('error', ignore)
      // One that the chaos cut says so now; it is not given back.
      const state = await readState(client).catch(() => undefined)
      if (state) oracle.judgeClient(state)
      client.release(state === undefined)
      client.off('error', ignore)
    }),
  )
}

/** A backend notices a moment later that its client is gone. */
async function inspectTransactions({ admin, world, oracle }: Stage): Promise<void> {
  const end = performance.now() + PATIENCE_MS
  for (;;) {
    const { rows } = await admin.query<{ query: string }>(
      `select query from pg_stat_activity
        where usename = $1 and (state like 'idle in transaction%' or state = 'active')`,
      [world.appRole],
    )
    if (rows.length === 0) return
    if (performance.now() > end) {
      for (const { query } of rows) oracle.note('transaction left open', query)
      return
    }
  }
}

/** The database has the rows that it confirmed, and each row is with the tenant that wrote it. */
export async function inspectRows({
  admin,
  oracle,
}: Pick<Stage, 'admin' | 'oracle'>): Promise<void> {
  const { rows } = await admin.query<{ id: number; tenant_id: string; meant_for: string }>(
    'select * from projects',
  )
  const stored = new Set<number>()
  for (const row of rows) {
    stored.add(row.id)
    if (row.tenant_id !== row.meant_for) oracle.note('foreign row written', JSON.stringify(row))
  }
  for (const id of oracle.writes.committed) {
    if (!stored.has(id)) oracle.note('write lost', `id ${id}`)
  }
  for (const id of oracle.writes.undone) {
    if (stored.has(id)) oracle.note('write not undone', `id ${id}`)
  }
}

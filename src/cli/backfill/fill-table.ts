import type pg from 'pg'
import type { TriggerState } from '../../catalog/relation-state.ts'
import { backfillFailed, backfillInterrupted } from '../../errors/command/backfill.ts'
import type { Fill } from '../../migration/fill.ts'
import { type BatchForm, type BatchResult, batchSql } from '../../migration/fill-sql.ts'
import { qualifiedName } from '../../sql/quote.ts'
import { retryLocked } from '../migrate/retry-locked.ts'
import type { ProgressView } from '../render/progress.ts'
import { countRows } from './fill-session.ts'
import { withoutTriggers } from './skip-triggers.ts'
import type { Throttle } from './throttle.ts'

// An application that goes on writing rows without a tenant must not keep the command running.
const PASSES = 10

export interface FillOptions {
  /** Rows in a batch. */
  readonly batch: number
  readonly throttle: Throttle
  readonly listener: Pick<ProgressView, 'progress' | 'say'>
  /** Triggers of the table that are off in each batch. */
  readonly skipped: readonly TriggerState[]
  /** Ends the work after the batch that is running. */
  readonly signal: AbortSignal
}

export interface Filled {
  readonly filled: number
  /** Number of rows for which no tenant was found. */
  readonly left: number
}

/**
 * Gives the rows of one table their tenants, batch by batch, each committed on its own. The table itself
 * says which rows are left, so a second run goes on where the first one was interrupted.
 *
 * The first pass leaves out rows that another session has locked; the next ones wait for them.
 *
 * @throws `BACKFILL.FAILED`, `BACKFILL.INTERRUPTED`
 */
export async function fillTable(
  client: pg.Client,
  fill: Fill,
  options: FillOptions,
): Promise<Filled> {
  const start = performance.now()
  let filled = 0
  try {
    let counts = await countRows(client, fill)
    const total = counts.empty
    const onBatch = (more: number) => {
      filled += more
      const { schema, name } = fill.table
      const milliseconds = performance.now() - start
      options.listener.progress({ table: { schema, name }, filled, total, milliseconds })
    }
    for (let pass = 1; counts.fillable > 0 && pass <= PASSES; pass++) {
      options.signal.throwIfAborted()
      await passOver(client, fill, { ...options, waits: pass > 1, onBatch })
      counts = await countRows(client, fill)
    }
    return { filled, left: counts.empty }
  } catch (error) {
    const name = qualifiedName(fill.table)
    if (options.signal.aborted) throw backfillInterrupted(name, filled)
    throw backfillFailed(name, filled, error)
  }
}

interface Pass extends FillOptions {
  readonly waits: boolean
  readonly onBatch: (filled: number) => void
}

async function passOver(client: pg.Client, fill: Fill, pass: Pass): Promise<void> {
  let key: readonly string[] | null = null
  do {
    const start = performance.now()
    const { seen, filled, key: last } = await runBatch(client, fill, key, pass)
    const milliseconds = performance.now() - start
    pass.onBatch(filled)
    key = seen < pass.batch ? null : last
    pass.signal.throwIfAborted()
    await pass.throttle({ filled, milliseconds })
    pass.signal.throwIfAborted()
  } while (key)
}

async function runBatch(
  client: pg.Client,
  fill: Fill,
  key: readonly string[] | null,
  { batch, waits, skipped: triggers, listener, signal }: Pass,
): Promise<BatchResult> {
  const form: BatchForm = { isNext: key !== null, waits }
  const values = key === null ? [batch] : [batch, key]
  const fillOnce = () => client.query<BatchResult>(batchSql(fill, form), values)
  const { table } = fill
  const run = () =>
    triggers.length > 0 ? withoutTriggers(client, { table, triggers }, fillOnce) : fillOnce()
  const outcome = await retryLocked(() => settle(run()), {
    nameOf: () => qualifiedName(fill.table),
    say: listener.say,
    signal,
  })
  if (!outcome.result) throw outcome.error
  const [result] = outcome.result.rows
  if (!result) throw new Error('A batch returned no row.')
  return result
}

interface Settled<T> {
  readonly result?: T
  readonly error?: unknown
}

function settle<T>(promise: Promise<T>): Promise<Settled<T>> {
  return promise.then(
    (result) => ({ result }),
    (error: unknown) => ({ error }),
  )
}

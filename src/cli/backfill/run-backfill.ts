import type pg from 'pg'
import type { TriggerState } from '../../catalog/relation-state.ts'
import type { Snapshot } from '../../catalog/snapshot.ts'
import type { Fill } from '../../migration/fill.ts'
import { batchSql, countSql, unfilledQuery } from '../../migration/fill-sql.ts'
import { EXIT, type Io } from '../io.ts'
import { keepResult } from '../partial-result.ts'
import { type FilledTable, renderFillable, renderFilled } from '../render/backfill.ts'
import { renderJson } from '../render/json.ts'
import { showProgress } from '../render/progress.ts'
import { countRows } from './fill-session.ts'
import { fillTable } from './fill-table.ts'
import { triggersOf } from './skip-triggers.ts'
import { createThrottle, type ThrottleOptions } from './throttle.ts'

export interface RunOptions extends ThrottleOptions {
  readonly io: Io
  /** A sentence for each table for which neither the config nor a foreign key names a tenant. */
  readonly unknown: readonly string[]
  /** Rows in a batch. */
  readonly batch: number
  readonly json?: boolean
  /** Leaves out the triggers that filling a table fires. */
  readonly skipTriggers?: boolean
  readonly snapshot: Snapshot
}

/**
 * Fills one table after the other and prints a line for each as soon as it is done. With `json` it prints
 * one list at the end, also when the run fails.
 *
 * @returns `EXIT.findings` when rows are left without a tenant
 */
export async function runBackfill(
  client: pg.Client,
  fills: readonly Fill[],
  { io, unknown, batch, json, skipTriggers = false, snapshot, ...limits }: RunOptions,
): Promise<number> {
  const tables: FilledTable[] = []
  const stop = new AbortController()
  const progress = showProgress(io)
  const stopListening = io.onInterrupt?.(() => {
    progress.say('Stops when the batch that is running is done.')
    stop.abort()
  })
  try {
    const { signal } = stop
    const throttle = await createThrottle(client, limits, { say: progress.say, signal })
    // A batch above the rate would be one burst followed by a long pause.
    const rows = Math.min(batch, limits.rate ?? batch)
    for (const fill of fills) {
      const fired = triggersOf(fill, snapshot)
      const skipped = skipTriggers ? fired : []
      const options = { batch: rows, throttle, listener: progress, skipped, signal }
      const done = await fillTable(client, fill, options)
      const table = { ...describe(fill), ...done, ...triggerNames(fired, skipTriggers) }
      progress.clear()
      tables.push(table)
      if (!json) io.out(renderFilled(table, io.color))
    }
  } catch (error) {
    keepResult(error, { tables, passedOver: unknown })
    throw error
  } finally {
    progress.clear()
    stopListening?.()
  }
  if (json) io.out(renderJson({ tables, passedOver: unknown }))
  for (const sentence of unknown) progress.say(`${sentence}; it was passed over.`)
  if (unknown.length === 0 && tables.every(({ filled, left }) => filled + left === 0)) {
    io.err('Nothing to do: every row has its tenant.\n')
  }
  return tables.some(({ left }) => left > 0) ? EXIT.findings : EXIT.clean
}

/** Prints how many rows there are to fill, and the statements that would fill them. */
export async function showBackfill(
  client: pg.Client,
  fills: readonly Fill[],
  { io, unknown, json, skipTriggers = false, snapshot }: RunOptions,
): Promise<number> {
  const tables = []
  for (const fill of fills) {
    const { empty, fillable } = await countRows(client, fill)
    const sql = { count: countSql(fill), batch: batchSql(fill, { isNext: true, waits: false }) }
    const triggers = triggerNames(triggersOf(fill, snapshot), skipTriggers)
    tables.push({ ...describe(fill), empty, fillable, sql, ...triggers })
  }
  io.out(json ? renderJson({ tables, passedOver: unknown }) : tables.map(renderFillable).join('\n'))
  for (const sentence of unknown) showProgress(io).say(`${sentence}; it would be passed over.`)
  io.err('Nothing was filled.\n')
  return EXIT.clean
}

function triggerNames(fired: readonly TriggerState[], isSkipped: boolean) {
  const names = fired.map(({ name }) => name)
  if (names.length === 0) return {}
  return isSkipped ? { skippedTriggers: names } : { firedTriggers: names }
}

function describe(fill: Fill) {
  const { schema, name, column } = fill.table
  return { schema, name, column, rows: unfilledQuery(fill) }
}

import { setTimeout as wait } from 'node:timers/promises'
import { sql } from 'kysely'
import type pg from 'pg'

const GATE = 4711

/** A statement that runs on the server until the gate is opened. */
export const waitAtGate = sql`select pg_advisory_xact_lock(${sql.lit(GATE)})`

/**
 * Closes the gate while `body` runs.
 *
 * @param arrived waits until a backend stands at the gate, and returns its pid
 */
export async function withGate<T>(
  admin: pg.Client,
  body: (gate: { arrived(): Promise<number>; open(): Promise<void> }) => Promise<T>,
): Promise<T> {
  await admin.query('select pg_advisory_lock($1)', [GATE])
  let isOpen = false
  const open = async () => {
    if (!isOpen) await admin.query('select pg_advisory_unlock($1)', [GATE])
    isOpen = true
  }
  try {
    return await body({ arrived: () => pidAtGate(admin), open })
  } finally {
    await open()
  }
}

async function pidAtGate(admin: pg.Client): Promise<number> {
  for (;;) {
    const { rows } = await admin.query(
      `select pid from pg_locks join pg_database on pg_database.oid = database
        where datname = current_database() and locktype = 'advisory' and objid = $1 and not granted`,
      [GATE],
    )
    if (rows[0]) return rows[0].pid
    await wait(2)
  }
}

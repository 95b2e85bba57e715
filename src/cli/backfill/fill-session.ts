import type pg from 'pg'
import { relationOf } from '../../catalog/find-relation.ts'
import type { Snapshot } from '../../catalog/snapshot.ts'
import { backfillRowsHidden } from '../../errors/command/backfill.ts'
import type { Fill } from '../../migration/fill.ts'
import { countSql } from '../../migration/fill-sql.ts'
import { qualifiedName } from '../../sql/quote.ts'

export interface Counts {
  /** Rows without a tenant. */
  readonly empty: number
  /** The rows among them that could get one. */
  readonly fillable: number
}

// The search path stays that of the login, because triggers of the table run with it. A batch reads a part
// of an index; the planner has no statistics of a new column yet and would sort the whole table.
const SESSION = `
  set row_security = off;
  set lock_timeout = '500ms';
  set statement_timeout = 0;
  set idle_session_timeout = 0;
  set default_transaction_isolation = 'read committed';
  set jit = off;
  set synchronize_seqscans = off;
`

const BY_INDEX = `
  set enable_seqscan = off;
  set enable_bitmapscan = off;
  set enable_sort = off;
`

const AS_USUAL = `
  reset enable_seqscan;
  reset enable_bitmapscan;
  reset enable_sort;
`

/**
 * Prepares the session to fill tables. Do not use the connection for other work afterwards.
 *
 * @throws `BACKFILL.ROWS_HIDDEN`
 */
export async function prepareSession(
  client: pg.Client,
  fills: readonly Fill[],
  snapshot: Snapshot,
): Promise<void> {
  await client.query(SESSION)
  await client.query(BY_INDEX)
  await refuseHiddenRows(client, fills, snapshot)
}

// The server decides: it knows every way in which a role can count as the owner.
async function refuseHiddenRows(
  client: pg.Client,
  fills: readonly Fill[],
  snapshot: Snapshot,
): Promise<void> {
  const read = fills.flatMap(({ table, source }) =>
    'parent' in source ? [table, source.parent] : [table],
  )
  const byName = new Map(read.map((table) => [qualifiedName(table), table]))
  const { rows } = await client.query<{ name: string }>(
    `select name from unnest($1::text[]) as name where pg_catalog.row_security_active(name)`,
    [[...byName.keys()]],
  )
  if (rows.length === 0) return
  const problems = rows.map(({ name }) => {
    const table = byName.get(name)
    const relation = table && relationOf(table, snapshot)
    const reason = relation?.rlsForced ? 'FORCE binds its owner too' : `it is not its owner`
    return `${name}, from ${snapshot.currentUser}: ${reason} (${relation?.owner})`
  })
  const logins = snapshot.roles.filter(
    ({ canLogIn, superuser, bypassRls }) => canLogIn && (superuser || bypassRls),
  )
  throw backfillRowsHidden(
    problems,
    logins.map(({ name }) => name),
  )
}

/** Reads the whole table once. */
export async function countRows(client: pg.Client, fill: Fill): Promise<Counts> {
  await client.query(AS_USUAL)
  const { rows } = await client.query<Counts>(countSql(fill))
  await client.query(BY_INDEX)
  return rows[0] ?? { empty: 0, fillable: 0 }
}

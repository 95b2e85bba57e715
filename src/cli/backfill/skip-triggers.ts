import type pg from 'pg'
import { relationOf } from '../../catalog/find-relation.ts'
import { firedTriggers } from '../../catalog/fired-triggers.ts'
import type { TriggerState } from '../../catalog/relation-state.ts'
import type { Snapshot } from '../../catalog/snapshot.ts'
import { backfillRefused } from '../../errors/command/backfill.ts'
import type { Fill } from '../../migration/fill.ts'
import { identifier, qualifiedName } from '../../sql/quote.ts'
import type { TableName } from '../../sql/table-name.ts'

/** The triggers of the user that filling the table fires. */
export function triggersOf({ table }: Pick<Fill, 'table'>, snapshot: Snapshot): TriggerState[] {
  return firedTriggers(relationOf(table, snapshot), table.column)
}

/** @throws `BACKFILL.REFUSED` when the login may not disable one of the triggers */
export async function refuseLockedTriggers(
  client: pg.Client,
  fills: readonly Fill[],
  snapshot: Snapshot,
): Promise<void> {
  const fired = fills.filter((fill) => triggersOf(fill, snapshot).length > 0)
  const owners = fired.map(({ table }) => relationOf(table, snapshot).owner)
  const { rows } = await client.query<{ owner: string; owns: boolean; superuser: boolean }>(
    `select owner, pg_catalog.pg_has_role(owner, 'usage') as "owns",
       pg_catalog.current_setting('is_superuser')::boolean as "superuser"
     from pg_catalog.unnest($1::text[]) as owner`,
    [[...new Set(owners)]],
  )
  const problems = fired.flatMap((fill) => {
    const { owner } = relationOf(fill.table, snapshot)
    const login = rows.find((row) => row.owner === owner)
    const system = triggersOf(fill, snapshot).filter(({ isSystem }) => isSystem)
    const names = (triggers: readonly TriggerState[]) =>
      triggers.map(({ name }) => identifier(name)).join(', ')
    const table = qualifiedName(fill.table)
    if (!login?.owns) {
      return [
        `--skip-triggers: only ${identifier(owner)}, the owner of ${table}, may disable ${names(triggersOf(fill, snapshot))}`,
      ]
    }
    if (system.length === 0 || login.superuser) return []
    return [
      `--skip-triggers: on the partition ${table}, PostgreSQL 14 lets only a superuser disable ${names(system)}`,
    ]
  })
  if (problems.length > 0) throw backfillRefused(problems)
}

/**
 * Runs `body` in a transaction in which these triggers are off. Other sessions cannot write the table
 * meanwhile, so that none of their rows goes without its triggers; foreign keys and policies stay on.
 * `session_replication_role` would switch the foreign keys off, too.
 * https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-DISABLE-ENABLE-TRIGGER
 */
export async function withoutTriggers<T>(
  client: pg.Client,
  { table, triggers }: { readonly table: TableName; readonly triggers: readonly TriggerState[] },
  body: () => Promise<T>,
): Promise<T> {
  await client.query('begin')
  try {
    await client.query(alter(table, triggers, () => 'disable'))
    // A deferred key that is still to be checked would not let the triggers be enabled.
    await client.query('set constraints all immediate')
    const result = await body()
    await client.query(
      alter(table, triggers, ({ isAlways }) => (isAlways ? 'enable always' : 'enable')),
    )
    await client.query('commit')
    return result
  } catch (error) {
    // The connection may be gone; the first error says so.
    await client.query('rollback').catch(() => undefined)
    throw error
  }
}

function alter(
  table: TableName,
  triggers: readonly TriggerState[],
  how: (trigger: TriggerState) => string,
): string {
  const actions = triggers.map((trigger) => `${how(trigger)} trigger ${identifier(trigger.name)}`)
  return `alter table ${qualifiedName(table)} ${actions.join(', ')}`
}

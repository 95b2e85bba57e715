import { readReachFacts } from '../catalog/reach/read-reach-facts.ts'
import { readAppLogin } from '../catalog/read-app-login.ts'
import { readKeyRows } from '../catalog/read-key-rows.ts'
import { inReadOnlyTransaction, type Queryable } from '../catalog/read-only.ts'
import { readSnapshot } from '../catalog/read-snapshot.ts'
import type { Snapshot } from '../catalog/snapshot.ts'
import type { Config, ConfigInput } from '../config/config.ts'
import { catalogMismatch } from '../errors/command/catalog.ts'
import { readTruthTables } from '../truth-table/read-truth-tables.ts'
import { resolveWanted, snapshotRequest } from '../wanted/resolve-wanted.ts'
import { parseAuditConfig } from './chosen-checks.ts'

/** The options of `takeSnapshot` and `audit`. */
export interface SnapshotOptions {
  /**
   * A fresh connection of the application, with its own login. The answers of PostgreSQL there decide
   * about this login.
   */
  readonly app?: Queryable
  /**
   * Also count the rows that break a foreign key which PostgreSQL calls valid. Reads all of them, with a
   * login that row security does not filter: a superuser, or BYPASSRLS.
   * @default false
   */
  readonly rows?: boolean
}

/**
 * Reads the snapshot that `auditSnapshot` judges: plain data, which can be kept as JSON.
 *
 * @throws `CONFIG.INVALID`, `CATALOG.CHANGED`, `CATALOG.LOCKED`, `SERVER.UNSUPPORTED`; `CATALOG.MISMATCH`
 * for a table or role that is missing, or an application that is connected with another database
 *
 * @example
 * ```ts
 * const snapshot = await takeSnapshot(client, config)
 * ```
 */
export async function takeSnapshot(
  db: Queryable,
  config: ConfigInput | Config,
  { app, rows = false }: SnapshotOptions = {},
): Promise<Snapshot> {
  const parsed = parseAuditConfig(config)
  const request = snapshotRequest(parsed)
  const appLogin = app && (await readAppLogin(app, parsed.setting))
  const snapshot = await inReadOnlyTransaction(db, async () => {
    const read = await readSnapshot(db, request)
    const { tables } = resolveWanted(parsed, read, { allowMistyped: true })
    const keyRows = rows && { keyRows: await readKeyRows(db, tables) }
    const reach = await readReachFacts(db, read)
    const truthTables = await readTruthTables(db, tables, read)
    return { ...read, ...keyRows, reach, truthTables, takenAt: now() }
  })
  if (!appLogin) return snapshot
  if (appLogin.database !== snapshot.database) {
    throw catalogMismatch([
      `The application is connected with ${appLogin.database}, and not with ${snapshot.database}.`,
    ])
  }
  return { ...snapshot, appLogin }
}

function now(): string {
  return new Date().toISOString().replace(/\.\d+/, '')
}

import { resolve } from 'node:path'
import {
  loadSnapshot,
  type Snapshot,
  type SnapshotOptions,
  saveSnapshot,
  takeSnapshot,
} from '../../audit/audit.ts'
import type { Config } from '../../config/config.ts'
import { withClient } from '../connect/connect.ts'
import type { LoadedConfig } from '../connect/load-config.ts'

export interface SnapshotSource {
  readonly url?: string
  /** The connection of the application. */
  readonly appUrl?: string
  readonly rows?: boolean
  /** The file to save the snapshot in. */
  readonly snapshot?: string
  /** The file of a saved snapshot, which is read instead of a database. */
  readonly from?: string
}

/**
 * Loads the snapshot of a file, or takes one of the database.
 *
 * @throws the errors of `loadSnapshot`, `takeSnapshot` and `saveSnapshot`
 */
export async function findSnapshot(
  { config, connection }: LoadedConfig,
  { url, appUrl, rows = false, snapshot: to, from }: SnapshotSource,
  cwd: string,
): Promise<Snapshot> {
  if (from !== undefined) return loadSnapshot(resolve(cwd, from), config)

  const snapshot = await withClient(connection, url, (client) =>
    withAppClient(config, appUrl, (app) => takeSnapshot(client, config, { ...app, rows })),
  )
  if (to !== undefined) saveSnapshot(resolve(cwd, to), config, snapshot)
  return snapshot
}

function withAppClient<T>(
  { audit: { appConnection } }: Config,
  url: string | undefined,
  body: (app: SnapshotOptions) => Promise<T>,
): Promise<T> {
  if (url === undefined && appConnection === undefined) return body({})
  return withClient(appConnection, url, (app) => body({ app }))
}

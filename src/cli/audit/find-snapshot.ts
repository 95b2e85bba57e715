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
  /** Of the application. */
  readonly appUrl?: string
  readonly rows?: boolean
  /** File to keep it in. */
  readonly snapshot?: string
  /** File that it was kept in: no database is asked. */
  readonly from?: string
}

/**
 * Of a file, or of the database as it is.
 *
 * @throws what `loadSnapshot`, `takeSnapshot` and `saveSnapshot` throw
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

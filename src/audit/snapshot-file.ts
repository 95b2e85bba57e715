import { readFileSync, writeFileSync } from 'node:fs'
import { schemasOf } from '../catalog/read-snapshot.ts'
import type { Snapshot } from '../catalog/snapshot.ts'
import type { Config, ConfigInput } from '../config/config.ts'
import { ensureParsed } from '../config/parse-config.ts'
import {
  snapshotNotWritable,
  snapshotOtherConfig,
  snapshotUnreadable,
} from '../errors/command/snapshot.ts'
import { snapshotRequest } from '../wanted/resolve-wanted.ts'
import { checksumsOf, readSnapshotFile } from './read-snapshot-file.ts'
import {
  fromSaved,
  type SavedRequest,
  SNAPSHOT_VERSION,
  type SnapshotFile,
  toSaved,
} from './saved-snapshot.ts'

/**
 * Writes a snapshot to a file, as `audit --snapshot` does. The config must be the one that
 * `takeSnapshot` was given.
 *
 * @throws `SNAPSHOT.NOT_WRITABLE`, `CONFIG.INVALID`
 *
 * @example
 * ```ts
 * saveSnapshot('production.json', config, await takeSnapshot(client, config))
 * ```
 */
export function saveSnapshot(path: string, config: ConfigInput | Config, snapshot: Snapshot): void {
  const parts = { request: requestOf(config), snapshot: toSaved(snapshot) }
  const checksums = checksumsOf(parts)
  const file: SnapshotFile = { version: SNAPSHOT_VERSION, checksums, ...parts }
  try {
    writeFileSync(path, `${JSON.stringify(file, null, 2)}\n`)
  } catch (error) {
    throw snapshotNotWritable(path, error)
  }
}

/**
 * Reads a file of {@link saveSnapshot}.
 *
 * @throws `SNAPSHOT.UNREADABLE` with the place that is missing, damaged or of another shape; `SNAPSHOT.OTHER_CONFIG` when it was made without reading all that
 * the config names, for a part that was not read must not look clean; `CONFIG.INVALID`
 *
 * @example
 * ```ts
 * const { findings } = auditSnapshot(loadSnapshot('production.json', config), config)
 * ```
 */
export function loadSnapshot(path: string, config: ConfigInput | Config): Snapshot {
  const request = requestOf(config)
  const { request: read, snapshot } = load(path)
  const missing = [
    ...(request.setting === read.setting ? [] : ['It is of another setting.']),
    ...without(request.schemas, read.schemas).map((name) => `It has no schema ${name}.`),
    ...without(request.appRoles, read.appRoles).map((name) => `It has no app role ${name}.`),
    ...without(request.adminRoles, read.adminRoles).map((name) => `It has no admin role ${name}.`),
  ]
  if (missing.length > 0) throw snapshotOtherConfig(path, missing)
  return fromSaved(snapshot)
}

function load(path: string): SnapshotFile {
  try {
    return readSnapshotFile(readFileSync(path))
  } catch (error) {
    throw snapshotUnreadable(path, error)
  }
}

function requestOf(config: ConfigInput | Config): SavedRequest {
  const request = snapshotRequest(ensureParsed(config))
  const { appRoles, adminRoles, setting = null } = request
  return { schemas: schemasOf(request), appRoles, adminRoles, setting }
}

function without(wanted: readonly string[], read: readonly string[]): string[] {
  return wanted.filter((name) => !read.includes(name))
}

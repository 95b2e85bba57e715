import { readFileSync, writeFileSync } from 'node:fs'
import { type SnapshotRequest, schemasOf } from '../catalog/read-snapshot.ts'
import type { Snapshot } from '../catalog/snapshot.ts'
import type { Config, ConfigInput } from '../config/config.ts'
import { ensureParsed } from '../config/parse-config.ts'
import {
  snapshotNotWritable,
  snapshotOtherConfig,
  snapshotUnreadable,
} from '../errors/command/snapshot.ts'
import { snapshotRequest } from '../wanted/resolve-wanted.ts'

/** Changes whenever a release reads more facts: an older file would look clean of them. */
const VERSION = 4

interface SnapshotFile {
  readonly version: typeof VERSION
  /** The part of the database that was read. The file knows no other part. */
  readonly request: SnapshotRequest
  readonly snapshot: Snapshot
}

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
  const request = snapshotRequest(ensureParsed(config))
  const file: SnapshotFile = { version: VERSION, request, snapshot }
  try {
    writeFileSync(path, `${JSON.stringify(file, null, 2)}\n`)
  } catch (error) {
    throw snapshotNotWritable(path, error)
  }
}

/**
 * Reads a file of {@link saveSnapshot}.
 *
 * @throws `SNAPSHOT.UNREADABLE`, or `SNAPSHOT.OTHER_CONFIG` when it was made without reading all that
 * the config names, for a part that was not read must not look clean; `CONFIG.INVALID`
 *
 * @example
 * ```ts
 * const { findings } = auditSnapshot(loadSnapshot('production.json', config), config)
 * ```
 */
export function loadSnapshot(path: string, config: ConfigInput | Config): Snapshot {
  const request = snapshotRequest(ensureParsed(config))
  const { request: read, snapshot } = parse(path)
  const missing = [
    ...(request.setting === read.setting ? [] : ['It is of another setting.']),
    ...without(schemasOf(request), schemasOf(read)).map((name) => `It has no schema ${name}.`),
    ...without(request.appRoles, read.appRoles).map((name) => `It has no app role ${name}.`),
    ...without(request.adminRoles, read.adminRoles).map((name) => `It has no admin role ${name}.`),
  ]
  if (missing.length > 0) throw snapshotOtherConfig(path, missing)
  return snapshot
}

function parse(path: string): SnapshotFile {
  let file: Partial<SnapshotFile> | null
  try {
    file = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw snapshotUnreadable(path, error)
  }
  if (file?.version !== VERSION || !file.request || !file.snapshot) {
    throw snapshotUnreadable(path, new Error('it is no snapshot of this release'))
  }
  return { version: file.version, request: file.request, snapshot: file.snapshot }
}

function without(wanted: readonly string[], read: readonly string[]): string[] {
  return wanted.filter((name) => !read.includes(name))
}

import { readFileSync, writeFileSync } from 'node:fs'
import { type SnapshotRequest, schemasOf } from '../catalog/read-snapshot.ts'
import type { Snapshot } from '../catalog/snapshot.ts'
import {
  snapshotNotWritable,
  snapshotOtherConfig,
  snapshotUnreadable,
} from '../errors/command/snapshot.ts'

/** Changes whenever a release reads something more: an older file would look clean of it. */
const VERSION = 2

interface SnapshotFile {
  readonly version: typeof VERSION
  /** What was looked for. The file says nothing about anything else. */
  readonly request: SnapshotRequest
  readonly snapshot: Snapshot
}

/** @throws `SNAPSHOT.NOT_WRITABLE` */
export function saveSnapshot(path: string, request: SnapshotRequest, snapshot: Snapshot): void {
  const file: SnapshotFile = { version: VERSION, request, snapshot }
  try {
    writeFileSync(path, `${JSON.stringify(file, null, 2)}\n`)
  } catch (error) {
    throw snapshotNotWritable(path, error)
  }
}

/**
 * What the catalog was when {@link saveSnapshot} wrote the file.
 *
 * @throws `SNAPSHOT.UNREADABLE`, or `SNAPSHOT.OTHER_CONFIG` when it was made without looking for all that
 * `request` names: what was not read must not look like clean.
 */
export function loadSnapshot(path: string, request: SnapshotRequest): Snapshot {
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

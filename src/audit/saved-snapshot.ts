import type { Snapshot } from '../catalog/snapshot.ts'

/** Changes whenever a release reads more facts: an older file would look clean of them. */
export const SNAPSHOT_VERSION = 6

/** The file of `audit --snapshot`. It has every key: one that is missing was lost. */
export interface SnapshotFile {
  readonly version: typeof SNAPSHOT_VERSION
  /** The SHA-256 of each part, as JSON without blanks: a part that has another one is damaged. */
  readonly checksums: Readonly<Record<'request' | keyof SavedSnapshot, string>>
  /** The part of the database that was read. The file knows no other part. */
  readonly request: SavedRequest
  /** A part that is null was not read. */
  readonly snapshot: SavedSnapshot
}

export interface SavedRequest {
  readonly schemas: readonly string[]
  readonly appRoles: readonly string[]
  readonly adminRoles: readonly string[]
  /** The tenant setting; null when it was not read. */
  readonly setting: string | null
}

/** A snapshot in which `null` stands for a part that was not read. */
export type SavedSnapshot = {
  readonly [Part in keyof Snapshot]-?: Part extends UnreadPart
    ? NonNullable<Snapshot[Part]> | null
    : Snapshot[Part]
}

type UnreadPart = {
  [Part in keyof Snapshot]-?: object extends Pick<Snapshot, Part> ? Part : never
}[keyof Snapshot]

const UNREAD: { readonly [Part in UnreadPart]: null } = {
  appLogin: null,
  upserts: null,
  ownerFacts: null,
  truthTables: null,
  keyRows: null,
  reach: null,
  takenAt: null,
}

export function toSaved(snapshot: Snapshot): SavedSnapshot {
  return { ...UNREAD, ...snapshot }
}

export function fromSaved(saved: SavedSnapshot): Snapshot {
  const { appLogin, upserts, ownerFacts, truthTables, keyRows, reach, takenAt, ...always } = saved
  return {
    ...always,
    ...(appLogin && { appLogin }),
    ...(upserts && { upserts }),
    ...(ownerFacts && { ownerFacts }),
    ...(truthTables && { truthTables }),
    ...(keyRows && { keyRows }),
    ...(reach && { reach }),
    ...(takenAt !== null && { takenAt }),
  }
}

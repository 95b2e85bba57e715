import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { filesOf, type NewFile } from './migration-folder.ts'
import type { PhaseFiles } from './phase-files.ts'

/** The migrations that drizzle-kit knows, in the order in which it runs them. */
interface Journal {
  readonly version: string
  readonly dialect: string
  readonly entries: readonly Entry[]
}

interface Entry {
  readonly idx: number
  readonly version: string
  /** In milliseconds. A migration is pending when this is later than that of the last one that has run. */
  readonly when: number
  /** The name of the file. */
  readonly tag: string
  readonly breakpoints: boolean
}

interface Snapshot {
  readonly id: string
  readonly prevId: string
}

const EMPTY_JOURNAL: Journal = { version: '7', dialect: 'postgresql', entries: [] }

const EMPTY_SNAPSHOT = {
  id: '00000000-0000-0000-0000-000000000000',
  prevId: '',
  version: '7',
  dialect: 'postgresql',
  tables: {},
  enums: {},
  schemas: {},
  sequences: {},
  roles: {},
  policies: {},
  views: {},
  _meta: { columns: {}, schemas: {}, tables: {} },
}

export function readJournal(folder: string): Journal {
  const path = join(folder, 'meta', '_journal.json')
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : EMPTY_JOURNAL
}

/**
 * Adds the files to the journal, each with a copy of the last snapshot, as `drizzle-kit generate --custom` does:
 * the schema that Drizzle knows stays what it was.
 */
export function addToJournal(phases: readonly PhaseFiles[], folder: string): PhaseFiles[] {
  const journal = readJournal(folder)
  const last = journal.entries.at(-1)
  const start = Math.max(Date.now(), (last?.when ?? 0) + 1)
  const entries = phases.map(({ files: [file] }, index) => ({
    idx: (last?.idx ?? -1) + 1 + index,
    version: journal.version,
    when: start + index,
    tag: basename(file?.path ?? '', '.sql'),
    breakpoints: true,
  }))
  const snapshots = snapshotsFor(entries, folder)
  const replacement: NewFile = {
    path: join(folder, 'meta', '_journal.json'),
    text: `${JSON.stringify({ ...journal, entries: [...journal.entries, ...entries] }, null, 2)}\n`,
    isReplacement: true,
  }
  return phases.map(({ phase, files }, index) => {
    const isLast = index === phases.length - 1
    const snapshot = snapshots[index]
    return {
      phase,
      files: [...files, ...(snapshot ? [snapshot] : []), ...(isLast ? [replacement] : [])],
    }
  })
}

function snapshotsFor(entries: readonly Entry[], folder: string): NewFile[] {
  let snapshot: Snapshot = lastSnapshot(folder) ?? EMPTY_SNAPSHOT
  return entries.map(({ tag }) => {
    snapshot = { ...snapshot, id: randomUUID(), prevId: snapshot.id }
    return {
      path: join(folder, 'meta', `${tag.split('_')[0]}_snapshot.json`),
      text: `${JSON.stringify(snapshot, null, 2)}\n`,
    }
  })
}

function lastSnapshot(folder: string): Snapshot | undefined {
  const meta = join(folder, 'meta')
  if (!existsSync(meta)) return undefined
  const last = filesOf(meta)
    .filter((file) => file.endsWith('_snapshot.json'))
    .toSorted()
    .at(-1)
  return last === undefined ? undefined : JSON.parse(readFileSync(join(meta, last), 'utf8'))
}

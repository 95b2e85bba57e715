import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { firstMismatch, type RootSchema } from './json-schema.ts'
import { SNAPSHOT_VERSION, type SnapshotFile } from './saved-snapshot.ts'

// The same distance from `src/audit` and from `dist/audit`.
const SCHEMA = new URL('../../schemas/snapshot.schema.json', import.meta.url)

/**
 * The content of a snapshot file, when it is as its schema and nothing of it is lost.
 *
 * @throws an error that names the first place that is not
 */
export function readSnapshotFile(bytes: Uint8Array): SnapshotFile {
  const file = parse(decode(bytes))
  if (isSnapshot(file) && typeof file.version === 'number' && file.version !== SNAPSHOT_VERSION) {
    throw new Error(
      `it has version ${file.version}, and this release reads version ${SNAPSHOT_VERSION}`,
    )
  }
  const schema: RootSchema = JSON.parse(readFileSync(SCHEMA, 'utf8'))
  const problem = firstMismatch(file, schema)
  if (problem !== undefined)
    throw new Error(isSnapshot(file) ? problem : `it is no snapshot: ${problem}`)
  return undamaged(file as SnapshotFile)
}

export function checksumsOf({
  request,
  snapshot,
}: Pick<SnapshotFile, 'request' | 'snapshot'>): SnapshotFile['checksums'] {
  const parts = Object.entries({ request, ...snapshot })
  // Both sides have a key for each part.
  return Object.fromEntries(
    parts.map(([part, value]) => [part, checksum(value)]),
  ) as SnapshotFile['checksums']
}

function checksum(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex')
}

function undamaged(file: SnapshotFile): SnapshotFile {
  const found = Object.entries(checksumsOf(file))
  const damaged = found.find(
    ([part, sum]) => new Map(Object.entries(file.checksums)).get(part) !== sum,
  )
  if (!damaged) return file
  const [part] = damaged
  const place = part === 'request' ? part : `snapshot.${part}`
  throw new Error(`${place} is not what was saved: its checksum is another one`)
}

function decode(bytes: Uint8Array): string {
  if (bytes.length === 0) throw new Error('it is empty')
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) throw new Error('it is compressed: unpack it first')
  try {
    // Takes away a byte order mark, which some editors write.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new Error('it is not UTF-8', { cause })
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    // The message holds a piece of the file, and that can hold what a terminal obeys.
    throw new Error(`it is no JSON, or a part of it: ${reason.replaceAll(/\p{C}/gu, '?')}`, {
      cause,
    })
  }
}

/** It is meant as a snapshot, and no file of another program. */
function isSnapshot(file: unknown): file is { readonly version: unknown } {
  return typeof file === 'object' && file !== null && 'version' in file && 'snapshot' in file
}

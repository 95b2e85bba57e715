import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { type BaselineEntry, baselineOf } from '../../audit/baseline.ts'
import { baselineNotWritable, baselineUnreadable } from '../../errors/command/baseline.ts'

const VERSION = 1

/**
 * Reads the baseline; undefined when there is no file.
 *
 * @throws `BASELINE.UNREADABLE`
 */
export function loadBaseline(path: string): BaselineEntry[] | undefined {
  try {
    return parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch (error) {
    if (isMissing(error)) return undefined
    throw baselineUnreadable(path, error)
  }
}

/**
 * Replaces the file in one step: a reader finds the old file or the new one, also after a crash.
 *
 * @throws `BASELINE.NOT_WRITABLE`
 */
export function saveBaseline(path: string, entries: readonly BaselineEntry[]): void {
  const file = { version: VERSION, findings: baselineOf(entries) }
  // Keep a symbolic link: write to its target.
  const target = existsSync(path) ? realpathSync(path) : path
  const draft = `${target}.${randomUUID()}.tmp`
  try {
    writeFileSync(draft, `${JSON.stringify(file, null, 2)}\n`, { flag: 'wx' })
    renameSync(draft, target)
  } catch (error) {
    rmSync(draft, { force: true })
    throw baselineNotWritable(path, error)
  }
}

function parse(file: unknown): BaselineEntry[] {
  if (!isObject(file) || file.version !== VERSION || !Array.isArray(file.findings)) {
    throw new Error('it is no baseline of this release')
  }
  return file.findings.map((entry: unknown, index) => {
    if (!isEntry(entry)) throw new Error(`findings[${index}] has no check, object or fingerprint`)
    return entry
  })
}

function isEntry(entry: unknown): entry is BaselineEntry {
  return (
    isObject(entry) &&
    [entry.check, entry.object, entry.fingerprint].every((text) => typeof text === 'string')
  )
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

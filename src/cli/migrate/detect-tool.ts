import { closeSync, existsSync, openSync, readdirSync, readSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { OtherFormat } from '../../migration/other-formats.ts'

interface Detected {
  readonly format: OtherFormat
  /** The file by which the tool is known. */
  readonly sign: string
}

/** Finds the tool that keeps its migrations in this folder, by the files that only this tool has. */
export function detectTool(folder: string): Detected | undefined {
  if (!existsSync(folder)) return undefined
  const entries = readdirSync(folder, { withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map(({ name }) => name)
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
  return byPlace(folder, folders) ?? byName(files) ?? byContent(folder, files)
}

function byPlace(folder: string, folders: readonly string[]): Detected | undefined {
  const has = (...path: string[]) => existsSync(join(folder, ...path))
  if (has('meta', '_journal.json')) return { format: 'drizzle', sign: 'meta/_journal.json' }
  if (has('migration_lock.toml')) return { format: 'prisma', sign: 'migration_lock.toml' }
  const prisma = folders.find((name) => has(name, 'migration.sql') && !has(name, 'snapshot.json'))
  if (prisma !== undefined) return { format: 'prisma', sign: `${prisma}/migration.sql` }
  const parent = dirname(folder)
  if (basename(parent) === 'supabase' && existsSync(join(parent, 'config.toml'))) {
    return { format: 'supabase', sign: '../config.toml' }
  }
  const isGraphile = has('committed') && (has('current.sql') || has('current'))
  return isGraphile ? { format: 'graphile-migrate', sign: 'committed' } : undefined
}

function byName(files: readonly string[]): Detected | undefined {
  const sign = files.find((file) => /^(?:[VU]\d[\d._]*|R)__.+\.sql$/.test(file))
  return sign === undefined ? undefined : { format: 'flyway', sign }
}

const CONTENTS: readonly (readonly [OtherFormat, files: RegExp, content: RegExp])[] = [
  ['dbmate', /\.sql$/, /^-- *migrate:up\b/m],
  ['node-pg-migrate', /\.sql$/, /^--+ *up migration\b/im],
  ['node-pg-migrate', /\.[cm]?[jt]s$/, /\bpgm\b/],
  ['graphile-migrate', /\.sql$/, /^--! Previous:/],
]

function byContent(folder: string, files: readonly string[]): Detected | undefined {
  for (const sign of files) {
    const candidates = CONTENTS.filter(([, name]) => name.test(sign))
    if (candidates.length === 0) continue
    const text = beginningOf(join(folder, sign))
    const found = candidates.find(([, , content]) => content.test(text))
    if (found) return { format: found[0], sign }
  }
  return undefined
}

/** A folder may hold dumps of many megabytes. */
function beginningOf(path: string): string {
  const buffer = Buffer.alloc(16 * 1024)
  const file = openSync(path, 'r')
  try {
    return buffer.toString('utf8', 0, readSync(file, buffer))
  } finally {
    closeSync(file)
  }
}
